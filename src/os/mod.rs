//! What differs between operating systems: threads, reaching into a running one, pinning a library, stderr.
//!
//! The only files with `cfg(unix)` or `cfg(windows)`. Both sides offer:
//!
//! - [`Thread`]: an OS thread with the platform's default stack, to be joined or let go. Starting one allocates
//!   nothing through Rust, whose allocator would end the process when there is no memory.
//! - [`Strike`] and [`Running`]: a function called with the child's thread as if between two of its machine
//!   instructions. `Running` is that thread's handle, good for as long as the thread is in [`Running::enter`]'s scope.
//! - [`pin`]: the library that holds a function stays loaded for ever.
//! - [`write_stderr`]: one write.

cfg_if::cfg_if! {
    if #[cfg(windows)] {
        mod windows;
        pub use windows::*;
    } else {
        mod unix;
        pub use unix::*;
    }
}

use std::os::raw::c_void;
use std::sync::atomic::AtomicBool;

/// What a strike calls, and whether one is on its way.
pub struct Strike {
    f: unsafe fn(*const c_void),
    arg: *const c_void,
    #[cfg_attr(windows, allow(dead_code))]
    sent: AtomicBool,
}

impl Strike {
    /// `f` must be safe to call with `arg` wherever the thread just is, a signal handler included.
    pub fn new(f: unsafe fn(*const c_void), arg: *const c_void) -> Self {
        Strike { f, arg, sent: AtomicBool::new(false) }
    }
}

/// Why the OS gave no thread.
pub struct Error(i32);
