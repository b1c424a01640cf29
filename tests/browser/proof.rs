//! The proof of work in a real browser: found by the page itself, and an honest word where no script runs.

use serde_json::{Value, json};

use crate::support::{Wishes, on_stage};

/// One free start, then each takes a proof.
const ONE_FREE: [(&str, &str); 1] = [("WATCHWORD_LIMITS_STARTS_BEFORE_PROOF", "1")];

#[tokio::test]
async fn a_person_beyond_the_free_starts_gets_a_code_all_the_same() {
    on_stage(Wishes::default(), &ONE_FREE, async |stage| {
        let browser = &stage.browser;
        stage.ask_for_code().await;
        browser.forget_cookies().await;
        stage.open_sign_in().await;
        browser.fill("#phone", "+91 98765 43211").await;
        browser.click("#number button").await;
        // Nobody touches anything while the page works.
        browser.see("#code").await;
    })
    .await;
}

#[tokio::test]
async fn a_person_without_scripts_is_told_how_long_to_wait() {
    on_stage(Wishes { scripts: false, languages: "en-US,en" }, &ONE_FREE, async |stage| {
        let browser = &stage.browser;
        stage.ask_for_code().await;
        browser.forget_cookies().await;
        stage.open_sign_in().await;
        browser.fill("#phone", "+91 98765 43211").await;
        browser.click("#number button").await;
        browser.read("#proof", "needs JavaScript").await;
        browser.read("#proof", "Try again in").await;
        browser.picture("no-scripts-proof", 320).await;
    })
    .await;
}

/// The page's own SHA-256, taken out of the script of a page, over texts that are each repeated so often.
const HASHES: &str = "
    const [script, texts] = arguments;
    const begin = script.indexOf('function solve('), end = script.search(/const text ?= ?new TextEncoder\\(\\)/);
    if (begin < 0 || end < begin) return 'the script is not what it was';
    const taken = script.slice(begin, end) + 'return { start, mix }; } return solve(\"1.1.1\");';
    const { start, mix } = new Function(taken)();
    return texts.map(([text, times]) => {
        const said = new TextEncoder().encode(text.repeat(times));
        const padded = new DataView(new ArrayBuffer((said.length + 72) >> 6 << 6));
        new Uint8Array(padded.buffer).set(said);
        padded.setUint8(said.length, 128);
        padded.setUint32(padded.byteLength - 4, said.length * 8);
        let hash = start;
        for (let at = 0; at < padded.byteLength; at += 64) {
            const next = new Int32Array(8);
            mix(new DataView(padded.buffer, at), hash, next);
            hash = next;
        }
        return [...hash].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
    });";

/// FIPS 180-2, appendix B.1 to B.3: the examples that FIPS 180-4 has in a document of its own.
#[tokio::test]
async fn the_pages_own_sha_256_is_that_of_the_standard() {
    const SCRIPT: &str = "
        const [done] = arguments;
        fetch(document.querySelector('script').src).then((answer) => answer.text()).then(done);";
    on_stage(Wishes::default(), &[], async |stage| {
        let browser = &stage.browser;
        stage.open_sign_in().await;
        let script = browser.run_until_done(SCRIPT, vec![]).await;
        // Here the script may be taken apart, which the policy of its own page forbids.
        browser.goto("about:blank").await;
        let texts = json!([
            ["abc", 1],
            ["abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1],
            ["a", 1_000_000]
        ]);
        let hashes: Value = browser.run(HASHES, vec![script, texts]).await;
        let known = [
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
        ];
        assert_eq!(hashes, json!(known));
    })
    .await;
}
