//! A model of how parent and child meet: loom runs them in every order in which the two can act.
//!
//! What runs is the shipped code, included below. It finds other things under the names that it imports:
//!
//! | file | what stands there |
//! |---|---|
//! | `sync.rs` | loom's locks and atomics, and a clock that moves only where a test says so |
//! | `os.rs` | loom's threads, and signals that arrive between any two of a thread's steps |
//! | `shim.rs` | for a Lua state, what interrupts need of one; it notices what may not happen to it |
//! | `child.rs` | a child whose code is a closure |
//!
//! `tests.rs` has what is tried. Each test says how many orders there were:
//!
//! ```text
//! cargo test --features lua54 --test model -- --nocapture
//! ```

#![allow(non_snake_case)] // `L`, as everywhere
#![deny(unsafe_op_in_unsafe_fn)]
#![deny(clippy::undocumented_unsafe_blocks)]

#[path = "../interrupt.rs"]
mod interrupt;
#[path = "../lifecycle.rs"]
mod lifecycle;
#[path = "../thread.rs"]
mod thread;

mod child;
mod os;
mod shim;
mod sync;
mod tests;

use std::fmt::Display;
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Once};
use std::{panic, process};

mod message {
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Strings {
        Copy,
        Borrow,
    }
}

mod traceback {
    use crate::shim::lua_State;
    use std::ffi::CStr;

    /// Notes that an error is raised. It does not go up the stack: to do so is the last thing a hook does.
    pub unsafe fn interrupt(L: *mut lua_State, text: &CStr) {
        // SAFETY: As the caller says.
        unsafe { (*L).raise(text) };
    }
}

/// Which orders are tried: all, or those where threads are stopped in the midst of their steps so often.
type Bound = Option<usize>;
const ALL: Bound = None;
/// Where all orders would take a minute or more.
const FEW: Bound = Some(4);

/// Runs `f` for each of the cases in these orders.
fn explore<C>(bound: Bound, cases: impl IntoIterator<Item = C>, f: fn(C))
where
    C: Copy + Send + Sync + 'static,
{
    static ENDING: Once = Once::new();
    ENDING.call_once(|| {
        panic::set_hook(Box::new(|panic| {
            say(panic);
            process::exit(101); // nothing can be unwound in the midst of a model
        }));
    });
    let orders = Arc::new(AtomicUsize::new(0));
    for case in cases {
        let mut model = loom::model::Builder::new();
        model.preemption_bound = model.preemption_bound.or(bound);
        let orders = orders.clone();
        model.check(move || {
            orders.fetch_add(1, Relaxed);
            assert_eq!(shim::STATES.get(), 0, "states that something still holds");
            sync::begin(&[]);
            f(case);
        });
        assert_eq!(shim::STATES.get(), 0, "states that something still holds");
    }
    say(&format_args!("{} orders", orders.load(Relaxed)));
}

/// Says something of the current test.
fn say(what: &dyn Display) {
    let test = std::thread::current();
    let _ = writeln!(std::io::stderr(), "{}: {what}", test.name().unwrap_or_default());
}
