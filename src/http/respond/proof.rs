//! A proof of work as the pages ask for it: a fresh challenge to this browser.

use watchword_domain::proof::Puzzle;
use watchword_flow::error::Fault;

use crate::Doors;
use crate::extract::visitor::Visitor;
use crate::view::ProofPart;

/// What a page shows that asks for a proof; `wait`: seconds until none is asked for any more.
///
/// # Errors
/// When no challenge can be made.
pub fn proof_part(doors: &Doors, visitor: &Visitor, puzzle: Puzzle, wait: u32) -> Result<ProofPart, Fault> {
    let challenge = doors.flow.proof_challenge(&visitor.pool.id, &visitor.browser, puzzle)?;
    Ok(ProofPart { challenge, wait })
}
