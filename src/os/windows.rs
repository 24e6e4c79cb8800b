//! Windows: the standard library's threads, and suspending one.

use super::{Error, Strike};
use std::ffi::CStr;
use std::os::raw::{c_int, c_void};
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::thread::{Builder, JoinHandle};

type Handle = *mut c_void;

const DUPLICATE_SAME_ACCESS: u32 = 2;
const FROM_ADDRESS: u32 = 4;
const PIN: u32 = 1;

#[link(name = "kernel32")]
unsafe extern "system" {
    fn GetCurrentProcess() -> Handle;
    fn GetCurrentThread() -> Handle;
    fn DuplicateHandle(
        process: Handle,
        source: Handle,
        target_process: Handle,
        target: *mut Handle,
        access: u32,
        inherit: i32,
        options: u32,
    ) -> i32;
    fn SuspendThread(thread: Handle) -> u32;
    fn ResumeThread(thread: Handle) -> u32;
    fn GetThreadContext(thread: Handle, context: *mut Context) -> i32;
    fn GetModuleHandleExW(flags: u32, address: *const c_void, module: *mut Handle) -> i32;
}

/// A `CONTEXT` of any processor: room enough, and flags that ask for next to nothing.
#[repr(C, align(16))]
struct Context([u32; 512]);

impl Context {
    const fn new() -> Self {
        let mut words = [0; 512];
        // CONTEXT_CONTROL, in the place and with the processor's bit that each wants.
        if cfg!(target_arch = "x86_64") {
            words[12] = 0x0010_0001;
        } else if cfg!(target_arch = "x86") {
            words[0] = 0x0001_0001;
        } else {
            words[0] = 0x0040_0001;
        }
        Context(words)
    }
}

/// An OS thread that was neither joined nor let go yet.
pub struct Thread(JoinHandle<()>);

struct Arg(*mut c_void);

// SAFETY: `spawn` demands an argument that is good in any thread.
unsafe impl Send for Arg {}

impl Thread {
    /// Runs `main(arg)` in a new thread.
    ///
    /// # Safety
    /// `arg` is what `main` expects, in any thread.
    pub unsafe fn spawn(main: extern "C" fn(*mut c_void) -> *mut c_void, arg: *mut c_void) -> Result<Self, Error> {
        let arg = Arg(arg);
        let body = move || {
            let arg = arg;
            main(arg.0);
        };
        // No size: the stack that the program's header asks for.
        match Builder::new().stack_size(0).spawn(body) {
            Ok(thread) => Ok(Thread(thread)),
            Err(error) => Err(Error(error.raw_os_error().unwrap_or_default())),
        }
    }

    /// Waits until the thread is gone.
    pub fn join(self) {
        let _ = self.0.join();
    }

    /// Lets the thread go on alone.
    pub fn detach(self) {
        drop(self.0);
    }
}

impl Error {
    /// The OS's own words, written to `room`.
    pub fn text<'a>(&self, room: &'a mut [u8; 256]) -> &'a CStr {
        use std::io::Write;
        room.fill(0);
        let _ = write!(&mut room[..255], "{}", std::io::Error::from_raw_os_error(self.0));
        CStr::from_bytes_until_nul(room).unwrap_or_default()
    }
}

/// A thread that can be struck.
pub struct Running {
    thread: OwnedHandle,
    strike: *const Strike,
}

// SAFETY: `strike` stays valid as long as the handle is in use, as `enter` demands.
unsafe impl Send for Running {}

impl Running {
    /// Makes the current thread one that can be struck; `None` if the system has no room for that.
    ///
    /// # Safety
    /// `strike` stays valid until [`leave`](Self::leave), and the handle is not used after it.
    pub unsafe fn enter(strike: *const Strike) -> Option<Self> {
        let mut thread = std::ptr::null_mut();
        // SAFETY: The pseudo handles name this process and this thread; the new handle is owned by nobody else.
        unsafe {
            let (process, current) = (GetCurrentProcess(), GetCurrentThread());
            if DuplicateHandle(process, current, process, &raw mut thread, 0, 0, DUPLICATE_SAME_ACCESS) == 0 {
                return None;
            }
            Some(Running { thread: OwnedHandle::from_raw_handle(thread), strike })
        }
    }

    /// From here on strikes are no more carried out in the current thread: nobody has the handle any more.
    pub fn leave() {}

    /// Carries the strike out while the thread is suspended.
    ///
    /// # Safety
    /// The thread has not left yet, and does not leave during the call.
    pub unsafe fn strike(&self) {
        let thread = self.thread.as_raw_handle();
        let mut context = Context::new();
        // SAFETY: The handle is open. To be asked for its context makes the thread stand still for sure.
        unsafe {
            if SuspendThread(thread) == u32::MAX {
                return;
            }
            if GetThreadContext(thread, &raw mut context) != 0 {
                (*self.strike).send();
                (*self.strike).arrive();
            }
            ResumeThread(thread);
        }
    }
}

/// Keeps the library that holds the function at `address` loaded for ever.
pub fn pin(address: *const c_void) {
    let mut module = std::ptr::null_mut();
    // SAFETY: With these flags the second argument is an address inside a module, or the call fails.
    unsafe { GetModuleHandleExW(FROM_ADDRESS | PIN, address, &raw mut module) };
}

/// Writes `text` to stderr, in one write unless the system takes less at once.
pub fn write_stderr(mut text: &[u8]) {
    const STDERR: c_int = 2;
    while !text.is_empty() {
        let size = u32::try_from(text.len()).unwrap_or(u32::MAX);
        // SAFETY: `text` has at least as many bytes as said.
        let written = unsafe { libc::write(STDERR, text.as_ptr().cast(), size) };
        match usize::try_from(written) {
            Ok(written) if written > 0 => text = &text[written.min(text.len())..],
            _ => return,
        }
    }
}
