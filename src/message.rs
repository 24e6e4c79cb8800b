//! Values on their way between states: a flat, owned copy of what one state has and another is to get.
//!
//! - [`take()`] reads a state and raises nothing; [`put()`] fills a state and may raise. No call touches two states.
//! - A message can move to any thread. If it borrows strings, it is put before the state it was taken from is run or
//!   closed; whoever moves the one moves the other.
//! - Nothing here ends the process when there is no memory: taking fails with [`Stop::Memory`], putting raises.
//!
//! The bytes of a message are its values one after the other. A value is a tag and what the tag says:
//!
//! | tag | followed by |
//! |---|---|
//! | `NIL` `FALSE` `TRUE` | |
//! | `INTEGER` `FLOAT` `LIGHT` `FUNCTION` | 8 bytes |
//! | `STRING` | length (8), the bytes |
//! | `KEEP` | a place (1); then as `STRING`: the string will be met again |
//! | `KEPT` | a place (1): the string that was last kept there |
//! | `BORROWED` | length (8), address (8) |
//! | `TABLE` | its number if it is met again, else 0 (4), size of its sequence (4), count of its other pairs (4); the sequence's values; the pairs, key then value |
//! | `AGAIN` | the number of a table met before (4) |

mod put;
mod take;

pub use put::put;
pub use take::{make_room, take};

use crate::shim::*;
use std::ffi::CStr;
use std::os::raw::{c_int, c_void};

/// How deep tables may nest: the values of a call are at 1.
pub const MAX_DEPTH: c_int = 30;

/// Stack slots that taking and putting need beside the values themselves, for each level of nesting and in any case.
const LEVEL: c_int = 3;
const BASE: c_int = 12;

/// Slots for numbers out of a sequence: they are dropped together.
const BATCH: c_int = 16;

/// Strings from this length on are borrowed where that is allowed: below, a copy costs less than what it saves.
const LONG: usize = 1024;

/// Why values could not be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Tables nest deeper than [`MAX_DEPTH`].
    Depth,
    /// The value at this index, or something in it, can't be copied.
    Unsupported(c_int),
    /// So many values that the stack has no room to work on them.
    Stack,
    /// No memory.
    Memory,
}

/// What becomes of values that can't be copied.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Strictness {
    /// Nothing is taken.
    Refuse,
    /// They become a string that names them.
    Describe,
}

/// Whether the message may point into the state it is taken from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Strings {
    Copy,
    Borrow,
}

/// Values taken out of a state.
pub struct Message {
    bytes: Vec<u8>,
    values: c_int,
    /// How many tables are met more than once.
    shared: u32,
    /// Whether strings are kept.
    keeps: bool,
    /// How deep tables nest.
    depth: c_int,
}

const NIL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const INTEGER: u8 = 3;
const FLOAT: u8 = 4;
const LIGHT: u8 = 5;
const FUNCTION: u8 = 6;
const STRING: u8 = 7;
const BORROWED: u8 = 8;
const TABLE: u8 = 9;
const AGAIN: u8 = 10;
const KEEP: u8 = 11;
const KEPT: u8 = 12;

/// How many strings are kept at a time. Records are tables with the same few keys: those are found again by their
/// address here, and need not be hashed anew there.
const PLACES: usize = 32;

impl Message {
    /// How many values it holds.
    pub fn len(&self) -> c_int {
        self.values
    }

    /// How many bytes it takes, without what it borrows.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }
}
