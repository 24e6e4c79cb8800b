//! What is called in a child's thread when that is struck, and whether a strike is on its way.

use crate::sync::atomic::{AtomicBool, Ordering};
use std::os::raw::c_void;

/// One thread's: what to call there, and whether it was sent for.
pub struct Strike {
    f: unsafe fn(*const c_void),
    arg: *const c_void,
    sent: AtomicBool,
}

impl Strike {
    /// `f` must be safe to call with `arg` wherever the thread just is, a signal handler included.
    pub fn new(f: unsafe fn(*const c_void), arg: *const c_void) -> Self {
        Strike { f, arg, sent: AtomicBool::new(false) }
    }

    /// One is on its way.
    pub fn send(&self) {
        self.sent.store(true, Ordering::Release);
    }

    /// Whether one is on its way.
    #[cfg_attr(any(windows, test), allow(dead_code))]
    pub fn is_sent(&self) -> bool {
        self.sent.load(Ordering::Acquire)
    }

    /// Carries it out if one was on its way; whether it was.
    ///
    /// # Safety
    /// In the thread that is struck, or with that standing still; `arg` is valid.
    pub unsafe fn arrive(&self) -> bool {
        let sent = self.sent.swap(false, Ordering::AcqRel);
        if sent {
            // SAFETY: The caller is where `f` may be called.
            unsafe { (self.f)(self.arg) };
        }
        sent
    }
}
