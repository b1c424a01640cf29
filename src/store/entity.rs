//! One short way to write a SeaORM entity: its key, then its other columns.

/// Declares a module with the SeaORM entity of a table: `entity!(row = "table"; key { … } columns { … })`.
macro_rules! entity {
    ($name:ident = $table:literal; key { $($key:ident: $key_type:ty),+ } columns { $($column:ident: $type:ty),* $(,)? }) => {
        mod $name {
            use sea_orm::entity::prelude::*;

            #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
            #[sea_orm(table_name = $table)]
            pub struct Model {
                $(#[sea_orm(primary_key, auto_increment = false)]
                pub $key: $key_type,)+
                $(pub $column: $type,)*
            }

            #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}
            impl ActiveModelBehavior for ActiveModel {}
        }
    };
}

pub(crate) use entity;
