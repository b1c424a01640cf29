//! Looking up one row.

use sea_orm::{DbErr, EntityTrait, FromQueryResult, Select};

use crate::access::Db;

/// Queries that are asked for one row.
///
/// In place of SeaORM's `one`, which adds `LIMIT ?`: SQLite's planner looks at the value bound there, and so plans the
/// statement anew every time it runs. Planning took longer than looking up.
pub(crate) trait First<M> {
    /// The first row that is found. For queries by a key or a unique column: all rows that fit are read.
    fn first(self, db: &Db<'_>) -> impl Future<Output = Result<Option<M>, DbErr>> + Send;
}

impl<E, M> First<M> for Select<E>
where
    E: EntityTrait<Model = M>,
    M: FromQueryResult + Send,
{
    async fn first(self, db: &Db<'_>) -> Result<Option<M>, DbErr> {
        Ok(self.all(db).await?.into_iter().next())
    }
}
