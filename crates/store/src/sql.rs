//! A thin, non-generic layer over the two drivers, rusqlite and sqlx's PostgreSQL: a [`Query`] is a SQL text with bound
//! [`Value`]s, run on a [`Conn`] of either database; a [`Row`] is read by column name or position. Being non-generic
//! keeps each statement in one place and the build short.

use std::{
    borrow::Cow,
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use futures_util::future::BoxFuture;
use mortise_domain::{Id, ScopeSet, Time};
use serde_json::Value as Json;
use sqlx::{
    AssertSqlSafe, Column as _, Executor, PgConnection, Postgres, Row as _, Transaction,
    pool::PoolConnection,
    postgres::{PgArguments, PgColumn, PgRow},
};

use crate::{
    Result, StoreError,
    sqlite::{Cells, Lent, SqliteConnection, SqliteRow, Turns},
};

/// A bound parameter. Nulls are typed, because PostgreSQL wants to know.
#[derive(Debug, Clone)]
pub enum Value {
    /// A 64-bit number, an id, a time.
    Int(Option<i64>),
    /// A text or JSON.
    Text(Option<String>),
    /// A truth value.
    Bool(Option<bool>),
    /// A floating point number.
    Float(Option<f64>),
    /// Sealed or compressed bytes.
    Bytes(Option<Vec<u8>>),
}

/// What can be bound to a placeholder.
pub trait Bind {
    /// The parameter.
    fn value(self) -> Value;
}

macro_rules! bind {
    ($($type:ty => |$it:ident| $variant:ident($into:expr);)*) => {
        $(
            impl Bind for $type { fn value(self) -> Value { let $it = self; Value::$variant(Some($into)) } }
            impl Bind for Option<$type> { fn value(self) -> Value { Value::$variant(self.map(|$it| $into)) } }
        )*
    };
}

bind! {
    i64 => |it| Int(it);
    i32 => |it| Int(i64::from(it));
    u32 => |it| Int(i64::from(it));
    bool => |it| Bool(it);
    f64 => |it| Float(it);
    String => |it| Text(storable(it));
    &str => |it| Text(storable(it.to_owned()));
    &String => |it| Text(storable(it.clone()));
    Cow<'_, str> => |it| Text(storable(it.into_owned()));
    Vec<u8> => |it| Bytes(it);
    &[u8] => |it| Bytes(it.to_vec());
    Time => |it| Int(it.as_microsecond());
    &Json => |it| Text(it.to_string());
    ScopeSet => |it| Text(scopes_text(it));
}

impl<T> Bind for Id<T> {
    fn value(self) -> Value {
        Value::Int(Some(self.get()))
    }
}

impl<T> Bind for Option<Id<T>> {
    fn value(self) -> Value {
        Value::Int(self.map(Id::get))
    }
}

impl Bind for Value {
    fn value(self) -> Value {
        self
    }
}

/// PostgreSQL's texts hold no NUL. Where a client sends one it becomes the replacement character, on both databases.
fn storable(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }
}

/// Scopes are stored as their texts with spaces between, sorted.
fn scopes_text(scopes: ScopeSet) -> String {
    scopes.sorted().join(" ")
}

/// A SQL text under construction and its parameters.
#[derive(Debug, Clone)]
pub struct Query {
    sql: Cow<'static, str>,
    values: Vec<Value>,
}

impl Query {
    /// Starts from a text whose placeholders (`$1`, ...) are bound in order with [`Query::bind`].
    pub fn new(sql: &'static str) -> Self {
        Self { sql: Cow::Borrowed(sql), values: Vec::new() }
    }

    /// Binds the next placeholder of the text.
    #[must_use]
    pub fn bind(mut self, value: impl Bind) -> Self {
        self.values.push(value.value());
        self
    }

    /// Appends a piece of SQL. Only literals are accepted, so no client text can become SQL.
    pub fn push(&mut self, sql: &'static str) -> &mut Self {
        self.sql.to_mut().push_str(sql);
        self
    }

    /// Appends a placeholder and binds it.
    pub fn arg(&mut self, value: impl Bind) -> &mut Self {
        self.values.push(value.value());
        let number = self.values.len();
        // Writing to a String cannot fail.
        let _ = write!(self.sql.to_mut(), "${number}");
        self
    }

    /// Appends `($3, $4, ...)` with a placeholder for each item; `(NULL)` for none, which no value equals.
    pub fn list<B: Bind>(&mut self, items: impl IntoIterator<Item = B>) -> &mut Self {
        self.push("(");
        let mut first = true;
        for item in items {
            if !first {
                self.push(", ");
            }
            first = false;
            self.arg(item);
        }
        self.push(if first { "NULL)" } else { ")" })
    }

    /// The text so far.
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// The text, where it is one of the program that nothing was appended to.
    pub(crate) fn literal(&self) -> Option<&'static str> {
        match self.sql {
            Cow::Borrowed(sql) => Some(sql),
            Cow::Owned(_) => None,
        }
    }

    /// The parameters so far.
    pub(crate) fn values(&self) -> &[Value] {
        &self.values
    }

    fn postgres(self) -> sqlx::query::Query<'static, Postgres, PgArguments> {
        let mut query = match self.sql {
            Cow::Borrowed(sql) => sqlx::query::<Postgres>(sql),
            Cow::Owned(sql) => sqlx::query::<Postgres>(AssertSqlSafe(sql)),
        };
        for value in self.values {
            query = match value {
                Value::Int(v) => query.bind(v),
                Value::Text(v) => query.bind(v),
                Value::Bool(v) => query.bind(v),
                Value::Float(v) => query.bind(v),
                Value::Bytes(v) => query.bind(v),
            };
        }
        query
    }
}

/// A row of either database, where the driver has it.
#[derive(Debug)]
pub struct Row<'r>(RowKind<'r>);

#[derive(Debug)]
enum RowKind<'r> {
    Sqlite(SqliteRow<'r>),
    Postgres(&'r PgRow),
}

impl<'r> Row<'r> {
    pub(crate) fn sqlite(turns: &'r Turns, cells: Cells<'r>) -> Self {
        Self(RowKind::Sqlite(SqliteRow::new(turns, cells)))
    }

    /// Reads the column called `name`.
    pub fn get<T: Column>(&self, name: &'static str) -> Result<T> {
        let index = match &self.0 {
            RowKind::Sqlite(row) => row.position(name),
            RowKind::Postgres(row) => row.try_column(name).ok().map(PgColumn::ordinal),
        };
        let missing = || Self::corrupt(name.to_owned(), "there is no such column".to_owned());
        self.at(index.ok_or_else(missing)?)
    }

    /// Reads the column at `index`, from 0.
    pub fn at<T: Column>(&self, index: usize) -> Result<T> {
        T::read(self, index)
    }

    /// What is wrong with the value of a column.
    fn corrupt(column: String, reason: String) -> StoreError {
        StoreError::Corrupt { column, reason }
    }

    fn name(&self, index: usize) -> String {
        match &self.0 {
            RowKind::Sqlite(row) => row.name(index).map(str::to_owned),
            RowKind::Postgres(row) => row.columns().get(index).map(|c| c.name().to_owned()),
        }
        .unwrap_or_else(|| index.to_string())
    }

    fn native<T>(&self, index: usize) -> Result<T>
    where
        T: rusqlite::types::FromSql + sqlx::Decode<'r, Postgres> + sqlx::Type<Postgres>,
    {
        match &self.0 {
            RowKind::Sqlite(row) => row.read(index),
            RowKind::Postgres(row) => {
                row.try_get(index).map_err(|error| Self::corrupt(self.name(index), error.to_string()))
            }
        }
    }
}

/// What a column can be read as.
pub trait Column: Sized + Send {
    /// Reads column `index` of `row`.
    fn read(row: &Row<'_>, index: usize) -> Result<Self>;
}

macro_rules! native {
    ($($type:ty),*) => {
        $(
            impl Column for $type {
                fn read(row: &Row<'_>, index: usize) -> Result<Self> {
                    row.native(index)
                }
            }
            impl Column for Option<$type> {
                fn read(row: &Row<'_>, index: usize) -> Result<Self> {
                    row.native(index)
                }
            }
        )*
    };
}

native!(i64, String, bool, f64, Vec<u8>);

macro_rules! derived {
    ($($type:ty, $from:ty, |$raw:ident, $column:ident| $into:expr;)*) => {
        $(
            impl Column for $type {
                fn read(row: &Row<'_>, index: usize) -> Result<Self> {
                    let $raw = <$from>::read(row, index)?;
                    let $column = || row.name(index);
                    $into
                }
            }
            impl Column for Option<$type> {
                fn read(row: &Row<'_>, index: usize) -> Result<Self> {
                    match Option::<$from>::read(row, index)? {
                        None => Ok(None),
                        Some($raw) => {
                            let $column = || row.name(index);
                            let value: Result<$type> = $into;
                            value.map(Some)
                        }
                    }
                }
            }
        )*
    };
}

derived! {
    Time, i64, |raw, column| Time::from_microsecond(raw)
        .map_err(|e| StoreError::Corrupt { column: column(), reason: e.to_string() });
    Json, String, |raw, column| serde_json::from_str(&raw)
        .map_err(|e| StoreError::Corrupt { column: column(), reason: e.to_string() });
    ScopeSet, String, |raw, _column| Ok(ScopeSet::from_texts(raw.split_ascii_whitespace()));
}

impl<T> Column for Id<T> {
    fn read(row: &Row<'_>, index: usize) -> Result<Self> {
        i64::read(row, index).map(Id::new)
    }
}

impl<T> Column for Option<Id<T>> {
    fn read(row: &Row<'_>, index: usize) -> Result<Self> {
        Ok(Option::<i64>::read(row, index)?.map(Id::new))
    }
}

/// What a whole row can be read as.
pub trait FromRow: Sized + Send {
    /// Reads the row.
    fn from_row(row: &Row<'_>) -> Result<Self>;
}

/// Where rows go, one after another.
pub(crate) trait Sink: Send {
    /// Reads a row.
    fn take(&mut self, row: &Row<'_>) -> Result<()>;
    /// Forgets what it has, because the statement begins again.
    fn clear(&mut self);
}

impl<T: FromRow> Sink for Vec<T> {
    fn take(&mut self, row: &Row<'_>) -> Result<()> {
        self.push(T::from_row(row)?);
        Ok(())
    }

    fn clear(&mut self) {
        self.clear();
    }
}

impl FromRow for i64 {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        row.at(0)
    }
}

impl FromRow for String {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        row.at(0)
    }
}

impl<T> FromRow for Id<T> {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        row.at(0)
    }
}

macro_rules! tuple {
    ($($name:ident $index:tt),*) => {
        impl<$($name: Column),*> FromRow for ($($name,)*) {
            fn from_row(row: &Row<'_>) -> Result<Self> {
                Ok(($(row.at::<$name>($index)?,)*))
            }
        }
    };
}

tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);

/// Declares a row type: a struct with public fields that is read by column names equal to the field names.
#[macro_export]
macro_rules! row {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$field_meta:meta])* pub $field:ident: $type:ty),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        pub struct $name { $($(#[$field_meta])* pub $field: $type),* }

        impl $crate::FromRow for $name {
            fn from_row(row: &$crate::Row<'_>) -> $crate::Result<Self> {
                Ok(Self { $($field: row.get(stringify!($field))?),* })
            }
        }
    };
}

/// A connection of either database, lent for reading or inside a transaction.
#[derive(Debug)]
pub struct Conn {
    pub(crate) kind: ConnKind,
    pub(crate) statements: Arc<AtomicU64>,
}

#[derive(Debug)]
pub(crate) enum ConnKind {
    SqliteReader(Lent),
    SqliteWriter(SqliteConnection),
    PgReader(PoolConnection<Postgres>),
    PgTx(Transaction<'static, Postgres>),
}

/// How to reach the database: on this thread, on one that may block, over the network.
enum Link<'c> {
    Here(&'c mut SqliteConnection),
    Lent(&'c Lent),
    Postgres(&'c mut PgConnection),
}

impl Conn {
    pub(crate) fn new(kind: ConnKind, statements: &Arc<AtomicU64>) -> Self {
        Self { kind, statements: Arc::clone(statements) }
    }

    /// The way to the database, for one statement.
    fn link(&mut self) -> Link<'_> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        match &mut self.kind {
            ConnKind::SqliteWriter(c) => Link::Here(c),
            ConnKind::SqliteReader(c) => Link::Lent(c),
            ConnKind::PgReader(c) => Link::Postgres(c),
            ConnKind::PgTx(c) => Link::Postgres(c),
        }
    }

    /// Whether this is PostgreSQL; for [`crate::dialect`] only.
    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.kind, ConnKind::PgReader(_) | ConnKind::PgTx(_))
    }

    /// Runs a statement; the number of rows it changed.
    ///
    /// This and the two below are boxed: whoever awaits a statement then holds a plain pointer, not the driver's nested
    /// futures, which every caller up to the request handler would otherwise be compiled against.
    pub fn execute(&mut self, query: Query) -> BoxFuture<'_, Result<u64>> {
        Box::pin(async move {
            match self.link() {
                Link::Here(c) => c.execute(&query),
                Link::Lent(c) => match c.try_in_place(|c| c.execute(&query)) {
                    Some(done) => done,
                    None => c.run(move |c| c.execute(&query)).await,
                },
                Link::Postgres(c) => Ok(c.execute(query.postgres()).await?.rows_affected()),
            }
        })
    }

    /// Runs a statement that must change exactly one row.
    pub async fn execute_one(&mut self, query: Query) -> Result<()> {
        match self.execute(query).await? {
            1 => Ok(()),
            affected => Err(StoreError::RowCount { affected }),
        }
    }

    /// All rows.
    pub async fn all<T: FromRow>(&mut self, query: Query) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        self.each(query, usize::MAX, &mut rows).await?;
        Ok(rows)
    }

    /// The row, if there is one. Further rows are ignored.
    pub async fn optional<T: FromRow>(&mut self, query: Query) -> Result<Option<T>> {
        let mut rows = Vec::new();
        self.each(query, 1, &mut rows).await?;
        Ok(rows.pop())
    }

    /// The row of a statement that always has one (`RETURNING`, an aggregate).
    pub async fn one<T: FromRow>(&mut self, query: Query) -> Result<T> {
        self.optional(query).await?.ok_or(StoreError::RowCount { affected: 0 })
    }

    /// Hands the first `max` rows to `sink`, each where the driver has it. Rows that come from another thread, because the
    /// statement was long, are carried over whole.
    fn each<'c>(&'c mut self, query: Query, max: usize, sink: &'c mut dyn Sink) -> BoxFuture<'c, Result<()>> {
        Box::pin(async move {
            match self.link() {
                Link::Here(c) => c.each(&query, max, sink),
                Link::Lent(c) => {
                    if let Some(done) = c.try_in_place(|c| c.each(&query, max, sink)) {
                        return done;
                    }
                    sink.clear();
                    c.run(move |c| c.keep(&query, max)).await?.each(sink)
                }
                Link::Postgres(c) if max == 1 => match c.fetch_optional(query.postgres()).await? {
                    Some(row) => sink.take(&Row(RowKind::Postgres(&row))),
                    None => Ok(()),
                },
                Link::Postgres(c) => {
                    let rows = c.fetch_all(query.postgres()).await?;
                    rows.iter().try_for_each(|row| sink.take(&Row(RowKind::Postgres(row))))
                }
            }
        })
    }
}
