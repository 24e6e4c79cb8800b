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

mod strike;

pub use strike::Strike;

/// Why the OS gave no thread.
pub struct Error(i32);
