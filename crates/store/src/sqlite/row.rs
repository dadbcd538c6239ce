//! Rows of the embedded database, read by name. A statement's rows are always read in the same way, so a column is looked up
//! once: from then on its place is known from the turn at which it is asked for.

use std::cell::{Cell as Shared, RefCell};

use rusqlite::types::{FromSql, Value as Cell, ValueRef};

use crate::{Result, StoreError};

/// The values of a row: where the statement stands, or taken out of it, with the names of their columns.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cells<'r> {
    Live(&'r rusqlite::Row<'r>),
    Kept(&'r [String], &'r [Cell]),
}

impl Cells<'_> {
    /// The name of the column at `index`.
    fn name(&self, index: usize) -> Option<&str> {
        match self {
            Cells::Live(row) => row.as_ref().column_name(index).ok(),
            Cells::Kept(names, _) => names.get(index).map(String::as_str),
        }
    }

    fn width(&self) -> usize {
        match self {
            Cells::Live(row) => row.as_ref().column_count(),
            Cells::Kept(names, _) => names.len(),
        }
    }
}

/// Which columns the rows of a statement were asked for so far, turn by turn.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    known: RefCell<Vec<(&'static str, usize)>>,
    /// How many columns the rows have.
    width: Shared<usize>,
}

impl Turns {
    /// Forgets everything where rows have more or fewer columns than before, because those of a table changed.
    fn fit(&self, width: usize) {
        if self.width.replace(width) != width {
            self.known.borrow_mut().clear();
        }
    }

    /// The column that was asked for at this turn, if it had this name.
    fn known(&self, turn: usize, name: &'static str) -> Option<usize> {
        // The same text in the program: nothing has to be compared.
        let known = self.known.borrow();
        known.get(turn).filter(|(known, _)| std::ptr::eq(*known, name)).map(|(_, position)| *position)
    }

    fn learn(&self, turn: usize, name: &'static str, position: usize) {
        let mut turns = self.known.borrow_mut();
        turns.truncate(turn);
        turns.push((name, position));
    }
}

/// A row and how far it has been read.
#[derive(Debug)]
pub(crate) struct SqliteRow<'r> {
    turns: &'r Turns,
    cells: Cells<'r>,
    turn: Shared<usize>,
    /// The column behind the last that was asked for.
    next: Shared<usize>,
}

impl<'r> SqliteRow<'r> {
    pub(crate) fn new(turns: &'r Turns, cells: Cells<'r>) -> Self {
        turns.fit(cells.width());
        Self { turns, cells, turn: Shared::new(0), next: Shared::new(0) }
    }

    /// Where the column called `name` is.
    pub(crate) fn position(&self, name: &'static str) -> Option<usize> {
        let turn = self.turn.replace(self.turn.get() + 1);
        let position = match self.turns.known(turn, name) {
            Some(position) => position,
            None => {
                let position = self.find(name)?;
                self.turns.learn(turn, name, position);
                position
            }
        };
        self.next.set(position + 1);
        Some(position)
    }

    /// Rows are read in the order of their columns, mostly: the one behind the last is looked at first.
    fn find(&self, name: &str) -> Option<usize> {
        let is_it = |index: &usize| self.cells.name(*index) == Some(name);
        Some(self.next.get()).filter(is_it).or_else(|| (0..self.cells.width()).find(is_it))
    }

    /// The name of the column at `index`.
    pub(crate) fn name(&self, index: usize) -> Option<&str> {
        self.cells.name(index)
    }

    /// Reads the column at `index`.
    pub(crate) fn read<T: FromSql>(&self, index: usize) -> Result<T> {
        let value = match self.cells {
            Cells::Live(row) => row.get_ref(index)?,
            Cells::Kept(_, cells) => {
                ValueRef::from(cells.get(index).ok_or(rusqlite::Error::InvalidColumnIndex(index))?)
            }
        };
        T::column_result(value).map_err(|error| StoreError::Corrupt {
            column: self.name(index).unwrap_or_default().to_owned(),
            reason: error.to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_by_name_whatever_order_they_are_asked_in() {
        let names = ["a".to_owned(), "b".to_owned(), "c".to_owned()];
        let turns = Turns::default();
        let read = |cells: &[i64], asked: &[&'static str]| -> Vec<Option<i64>> {
            let cells: Vec<Cell> = cells.iter().map(|it| Cell::Integer(*it)).collect();
            let row = SqliteRow::new(&turns, Cells::Kept(&names, &cells));
            asked.iter().map(|name| row.position(name).map(|index| row.read(index).unwrap())).collect()
        };
        assert_eq!(read(&[1, 2, 3], &["a", "b", "c"]), [Some(1), Some(2), Some(3)]);
        assert_eq!(read(&[4, 5, 6], &["a", "b", "c"]), [Some(4), Some(5), Some(6)]);
        assert_eq!(read(&[7, 8, 9], &["c", "a", "x", "c", "b"]), [Some(9), Some(7), None, Some(9), Some(8)]);
        assert_eq!(read(&[1, 2, 3], &["c", "b"]), [Some(3), Some(2)]);
        assert_eq!(read(&[4, 5, 6], &["a", "b", "c"]), [Some(4), Some(5), Some(6)]);
    }

    #[test]
    fn rows_that_have_a_column_more_are_looked_at_anew() {
        let turns = Turns::default();
        let read = |names: &[&str], cells: &[i64]| -> i64 {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            let cells: Vec<Cell> = cells.iter().map(|it| Cell::Integer(*it)).collect();
            let row = SqliteRow::new(&turns, Cells::Kept(&names, &cells));
            row.read(row.position("b").unwrap()).unwrap()
        };
        assert_eq!(read(&["a", "b"], &[1, 2]), 2);
        assert_eq!(read(&["a", "new", "b"], &[1, 0, 3]), 3);
        assert_eq!(read(&["b"], &[4]), 4);
    }
}
