//! Statements on a connection of the embedded database. A connection keeps its statements prepared, and remembers of each that
//! is a text of the program which columns its rows are asked for, turn by turn, so that their names are compared only once.

use std::{cell::RefCell, collections::HashMap};

use rusqlite::{
    CachedStatement, Connection, StatementStatus, ToSql,
    types::{ToSqlOutput, Value as Cell, ValueRef},
};

use super::row::{Cells, Turns};
use crate::{
    Query, Result, Value,
    sql::{Row, Sink},
};

/// A connection.
#[derive(Debug)]
pub(crate) struct SqliteConnection {
    conn: Connection,
    /// By address and length of the statement's text; so many as there are such texts at most.
    turns: RefCell<HashMap<(usize, usize), Turns>>,
}

impl SqliteConnection {
    pub(crate) fn new(conn: Connection) -> Self {
        Self { conn, turns: RefCell::default() }
    }

    /// The connection itself, for what is not a statement.
    pub(crate) fn raw(&self) -> &Connection {
        &self.conn
    }

    pub(crate) fn close(self) -> Result<()> {
        self.conn.close().map_err(|(_, error)| error.into())
    }

    /// Runs a statement without rows; the number of rows it changed.
    pub(crate) fn execute(&self, query: &Query) -> Result<u64> {
        Ok(self.bound(query)?.raw_execute()? as u64)
    }

    /// Hands the rows of a statement to `sink`, the first `max` of them, while the statement stands on them: texts are
    /// copied once, into what the row is read as.
    pub(crate) fn each(&self, query: &Query, max: usize, sink: &mut dyn Sink) -> Result<()> {
        let mut statement = self.bound(query)?;
        let (mut known, own) = (self.turns.borrow_mut(), Turns::default());
        let turns = match query.literal() {
            Some(sql) => known.entry((sql.as_ptr().addr(), sql.len())).or_default(),
            None => &own,
        };
        let mut rows = statement.raw_query();
        for _ in 0..max {
            let Some(row) = rows.next()? else { break };
            sink.take(&Row::sqlite(turns, Cells::Live(row)))?;
        }
        Ok(())
    }

    /// The rows of a statement with their values taken out of it, to be carried to another thread.
    pub(crate) fn keep(&self, query: &Query, max: usize) -> Result<KeptRows> {
        let mut statement = self.bound(query)?;
        let names: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
        let mut rows = statement.raw_query();
        let mut kept = Vec::new();
        for _ in 0..max {
            let Some(row) = rows.next()? else { break };
            kept.push((0..names.len()).map(|index| row.get(index)).collect::<rusqlite::Result<Vec<Cell>>>()?);
        }
        Ok(KeptRows { names, rows: kept })
    }

    fn bound(&self, query: &Query) -> Result<CachedStatement<'_>> {
        let mut statement = self.conn.prepare_cached(query.sql())?;
        // A statement counts its steps for as long as it is kept; how long a read takes is told by those of one run.
        statement.reset_status(StatementStatus::VmStep);
        // To SQLite `$2` is a name, numbered by where it is first seen.
        for index in 1..=statement.parameter_count() {
            let name = statement.parameter_name(index).unwrap_or_default();
            let number = name.trim_start_matches('$').parse().unwrap_or(index);
            let value = number.checked_sub(1).and_then(|place| query.values().get(place));
            let value = value.ok_or(rusqlite::Error::InvalidParameterCount(query.values().len(), number))?;
            statement.raw_bind_parameter(index, value)?;
        }
        Ok(statement)
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let value = match self {
            Value::Int(value) => value.map(ValueRef::Integer),
            Value::Text(value) => value.as_ref().map(|text| ValueRef::Text(text.as_bytes())),
            Value::Bool(value) => value.map(|yes| ValueRef::Integer(i64::from(yes))),
            Value::Float(value) => value.map(ValueRef::Real),
            Value::Bytes(value) => value.as_deref().map(ValueRef::Blob),
        };
        Ok(ToSqlOutput::Borrowed(value.unwrap_or(ValueRef::Null)))
    }
}

/// Rows with their values taken out of the statement.
#[derive(Debug)]
pub(crate) struct KeptRows {
    names: Vec<String>,
    rows: Vec<Vec<Cell>>,
}

impl KeptRows {
    /// Hands them to `sink`.
    pub(crate) fn each(&self, sink: &mut dyn Sink) -> Result<()> {
        let turns = Turns::default();
        self.rows.iter().try_for_each(|row| sink.take(&Row::sqlite(&turns, Cells::Kept(&self.names, row))))
    }
}
