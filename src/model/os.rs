//! The threads of the model, and their signals.
//!
//! A signal is as on Unix: sent to a thread, it arrives there some time later, between two of its steps ([`step`]):
//! with the test's next [`deliver`], so that the sender may have gone on in the meantime. Strikes that are carried out
//! at once, as on Windows, are among those.

#[path = "../os/strike.rs"]
mod strike;

use loom::cell::UnsafeCell;
use loom::sync::atomic::AtomicBool;
use loom::thread::{self, JoinHandle};
use std::cell::{Cell, RefCell};
use std::os::raw::c_void;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
pub use strike::Strike;

#[derive(Debug, PartialEq, Eq)]
pub struct Error(pub i32);

std::thread_local! {
    /// The next thread is refused, with this error.
    pub static REFUSAL: Cell<Option<i32>> = const { Cell::new(None) };
    /// The next thread can't be struck: there is no room for that.
    pub static NO_ROOM: Cell<bool> = const { Cell::new(false) };
    /// How many there are, besides the test's own.
    pub static THREADS: Cell<usize> = const { Cell::new(0) };
}

std::thread_local! {
    /// Threads that signals are sent to.
    static SENT_TO: RefCell<Vec<Arc<Kernel>>> = const { RefCell::new(Vec::new()) };
}

/// The signals that were sent arrive from here on.
pub fn deliver() {
    SENT_TO.take().iter().for_each(|kernel| _ = kernel.signal.swap(true, Relaxed));
}

/// A thread that has to be joined or let go.
pub struct Thread(Option<JoinHandle<()>>);

struct Arg(*mut c_void);

// SAFETY: `spawn` demands an argument that is good in any thread.
unsafe impl Send for Arg {}

impl Thread {
    pub unsafe fn spawn(main: extern "C" fn(*mut c_void) -> *mut c_void, arg: *mut c_void) -> Result<Self, Error> {
        if let Some(error) = REFUSAL.take() {
            return Err(Error(error));
        }
        THREADS.set(THREADS.get() + 1);
        let arg = Arg(arg);
        Ok(Thread(Some(thread::spawn(move || {
            let arg = arg;
            SIGNALS.with(|signals| signals.in_child.set(true));
            main(arg.0);
            step();
            assert!(!SIGNALS.with(|signals| signals.entered.get()), "the thread is gone but can be struck");
            THREADS.set(THREADS.get() - 1);
        }))))
    }

    pub fn join(mut self) {
        self.0.take().map(JoinHandle::join);
    }

    pub fn detach(mut self) {
        self.0.take();
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        assert!(self.0.is_none(), "a thread is neither joined nor let go");
    }
}

/// What the system knows of a thread.
struct Kernel {
    strike: *const Strike,
    /// A signal arrives. That makes no order between threads: the strike has to.
    signal: AtomicBool,
    /// How many strikes were sent and not carried out.
    sent: Cell<usize>,
    left: UnsafeCell<bool>,
}

// SAFETY: The strike is for any thread, loom sees to who is at `left`, and runs one thread at a time.
unsafe impl Send for Kernel {}
// SAFETY: As above.
unsafe impl Sync for Kernel {}

/// What a thread knows of its signals.
#[derive(Default)]
struct Signals {
    in_child: Cell<bool>,
    kernel: RefCell<Option<Arc<Kernel>>>,
    entered: Cell<bool>,
    handling: Cell<bool>,
}

loom::thread_local! {
    static SIGNALS: Signals = Signals::default();
}

/// Whether the current thread is a child's.
pub fn in_child() -> bool {
    SIGNALS.with(|signals| signals.in_child.get())
}

/// From one step of the current thread to the next: a signal arrives here if one is on its way.
pub fn step() {
    SIGNALS.with(|signals| {
        let Some(kernel) = &*signals.kernel.borrow() else { return };
        if !signals.handling.get() && kernel.signal.swap(false, Relaxed) && signals.entered.get() {
            signals.handling.set(true);
            // Right behind it comes another one, from somewhere else.
            for _ in 0..2 {
                // SAFETY: In the thread that has entered, and not left.
                if unsafe { (*kernel.strike).arrive() } {
                    let sent = kernel.sent.get().checked_sub(1);
                    kernel.sent.set(sent.expect("a signal that is no strike, taken for one"));
                }
            }
            signals.handling.set(false);
        }
    });
}

pub struct Running(Arc<Kernel>);

impl Running {
    pub unsafe fn enter(strike: *const Strike) -> Option<Self> {
        if NO_ROOM.take() {
            return None;
        }
        let kernel = Arc::new(Kernel {
            strike,
            signal: AtomicBool::new(false),
            sent: Cell::new(0),
            left: UnsafeCell::new(false),
        });
        SIGNALS.with(|signals| {
            *signals.kernel.borrow_mut() = Some(kernel.clone());
            signals.entered.set(true);
        });
        Some(Running(kernel))
    }

    pub fn leave() {
        step();
        SIGNALS.with(|signals| {
            signals.entered.set(false);
            if let Some(kernel) = &*signals.kernel.borrow() {
                // SAFETY: Nobody else is there: loom sees to that.
                kernel.left.with_mut(|left| unsafe { *left = true });
            }
        });
        step();
    }

    pub unsafe fn strike(&self) {
        // SAFETY: Nobody writes there: loom sees to that.
        assert!(!self.0.left.with(|left| unsafe { *left }), "a strike at a thread that has left");
        self.0.sent.set(self.0.sent.get() + 1);
        // SAFETY: The thread has entered, and not left.
        unsafe { (*self.0.strike).send() };
        SENT_TO.with_borrow_mut(|threads| threads.push(self.0.clone()));
    }
}
