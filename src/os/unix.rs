//! Unix: pthreads, and a signal.
//!
//! The signal is SIGURG: ignored by default, not used by debuggers or shells, and programs that use it expect it to
//! come without cause. The handler is installed by the first strike. It acts only in a thread with a strike on its
//! way; any other SIGURG is handed on to the handler that was there before: also that of a second strike which the
//! handler has carried out with the first.

use super::{Error, Strike};
use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::os::raw::{c_char, c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

const SIGNAL: c_int = libc::SIGURG;

/// An OS thread that was neither joined nor let go yet.
pub struct Thread(libc::pthread_t);

// SAFETY: A pthread_t may be used from any thread.
unsafe impl Send for Thread {}

impl Thread {
    /// Runs `main(arg)` in a new thread.
    ///
    /// # Safety
    /// `arg` is what `main` expects, in any thread.
    pub unsafe fn spawn(main: extern "C" fn(*mut c_void) -> *mut c_void, arg: *mut c_void) -> Result<Self, Error> {
        let mut thread = MaybeUninit::uninit();
        // SAFETY: No attributes: the platform's own stack size. `thread` is written when the call succeeds.
        unsafe {
            match libc::pthread_create(thread.as_mut_ptr(), ptr::null(), main, arg) {
                0 => Ok(Thread(thread.assume_init())),
                error => Err(Error(error)),
            }
        }
    }

    /// Waits until the thread is gone.
    pub fn join(self) {
        // SAFETY: `self` was neither joined nor detached: both consume it.
        unsafe { libc::pthread_join(self.0, ptr::null_mut()) };
    }

    /// Lets the thread go on alone.
    pub fn detach(self) {
        // SAFETY: As for `join`.
        unsafe { libc::pthread_detach(self.0) };
    }
}

impl Error {
    /// The OS's own words, written to `room`.
    pub fn text<'a>(&self, room: &'a mut [u8; 256]) -> &'a CStr {
        // SAFETY: `room` is as long as said. Whatever the call does, the last byte ends the text.
        unsafe { libc::strerror_r(self.0, room.as_mut_ptr().cast::<c_char>(), room.len()) };
        room[255] = 0;
        CStr::from_bytes_until_nul(room).unwrap_or_default()
    }
}

/// The thread-specific key under which a child's thread keeps its `Strike`. Reading it allocates nothing in any
/// thread, as reading a Rust thread-local of a shared object can; a signal handler needs that.
fn key() -> Option<libc::pthread_key_t> {
    static KEY: OnceLock<Option<libc::pthread_key_t>> = OnceLock::new();
    *KEY.get_or_init(|| {
        let mut key = 0;
        // SAFETY: `key` is written when the call succeeds.
        let made = unsafe { libc::pthread_key_create(&raw mut key, None) } == 0;
        if made {
            HANDLER_KEY.store(key as usize, Ordering::Release);
        }
        made.then_some(key)
    })
}

const NO_KEY: usize = usize::MAX;

/// The key again, for the handler.
static HANDLER_KEY: AtomicUsize = AtomicUsize::new(NO_KEY);

/// A thread that can be struck.
pub struct Running {
    thread: libc::pthread_t,
    strike: *const Strike,
}

// SAFETY: `strike` stays valid as long as the handle is in use, as `enter` demands; its fields are for any thread.
unsafe impl Send for Running {}

impl Running {
    /// Makes the current thread one that can be struck; `None` if the system has no room for that.
    ///
    /// # Safety
    /// `strike` stays valid until [`leave`](Self::leave), and the handle is not used after it.
    pub unsafe fn enter(strike: *const Strike) -> Option<Self> {
        let key = key()?;
        // SAFETY: The key exists.
        unsafe {
            if libc::pthread_setspecific(key, strike.cast()) != 0 {
                return None;
            }
            let_in();
            Some(Running { thread: libc::pthread_self(), strike })
        }
    }

    /// From here on strikes are no more carried out in the current thread. One that is on its way comes now: later its
    /// signal would count as the host's.
    pub fn leave() {
        if let Some(key) = key() {
            // SAFETY: The key exists; what it holds is valid until it is taken away.
            unsafe {
                let strike = libc::pthread_getspecific(key).cast::<Strike>();
                if !strike.is_null() && (*strike).is_sent() {
                    let_in();
                }
                libc::pthread_setspecific(key, ptr::null());
            }
        }
    }

    /// Has the strike carried out in its thread, soon.
    ///
    /// # Safety
    /// The thread has not left yet, and does not leave during the call.
    pub unsafe fn strike(&self) {
        if install() {
            // SAFETY: The thread runs, and `strike` is valid, as it has not left.
            unsafe {
                (*self.strike).send();
                libc::pthread_kill(self.thread, SIGNAL);
            }
        }
    }
}

/// Unblocks the signal in the current thread. If it is pending, its handler runs before this returns.
fn let_in() {
    let mut signals = MaybeUninit::uninit();
    // SAFETY: The signal set is filled in before it is used.
    unsafe {
        libc::sigemptyset(signals.as_mut_ptr());
        libc::sigaddset(signals.as_mut_ptr(), SIGNAL);
        libc::pthread_sigmask(libc::SIG_UNBLOCK, signals.as_ptr(), ptr::null_mut());
    }
}

/// A handler of the host's. It stays for good: ours may be at it just now.
struct Previous {
    handler: libc::sighandler_t,
    flags: c_int,
    /// One that was there before that.
    next: *mut Previous,
}

/// The handler that was there before ours.
static PREVIOUS: AtomicPtr<Previous> = AtomicPtr::new(ptr::null_mut());

/// Installs the handler, also when the host has put its own in its place since.
fn install() -> bool {
    /// All that there were. Who is here changes them.
    static KNOWN: Mutex<Known> = Mutex::new(Known(ptr::null_mut()));
    struct Known(*mut Previous);
    // SAFETY: They are for any thread.
    unsafe impl Send for Known {}

    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: The structures are whole before they are read.
    unsafe {
        let mut present = MaybeUninit::<libc::sigaction>::uninit();
        if libc::sigaction(SIGNAL, ptr::null(), present.as_mut_ptr()) != 0 {
            return false;
        }
        let present = present.assume_init();
        if present.sa_sigaction == handler as *const () as usize {
            return true;
        }
        // A host may set its own again and again.
        let mut previous = known.0;
        while !previous.is_null()
            && ((*previous).handler != present.sa_sigaction || (*previous).flags != present.sa_flags)
        {
            previous = (*previous).next;
        }
        if previous.is_null() {
            previous = libc::malloc(size_of::<Previous>()).cast();
            if previous.is_null() {
                return false;
            }
            previous.write(Previous { handler: present.sa_sigaction, flags: present.sa_flags, next: known.0 });
            known.0 = previous;
        }
        PREVIOUS.store(previous, Ordering::Release);
        let mut ours: libc::sigaction = std::mem::zeroed();
        ours.sa_sigaction = handler as *const () as usize;
        ours.sa_flags = libc::SA_RESTART | libc::SA_SIGINFO | libc::SA_ONSTACK;
        libc::sigemptyset(&raw mut ours.sa_mask);
        libc::sigaction(SIGNAL, &raw const ours, ptr::null_mut()) == 0
    }
}

extern "C" fn handler(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    let key = HANDLER_KEY.load(Ordering::Acquire);
    // SAFETY: What the key holds is valid while it holds it, and only this thread changes that.
    unsafe {
        let strike = if key == NO_KEY {
            ptr::null()
        } else {
            libc::pthread_getspecific(key as libc::pthread_key_t).cast::<Strike>()
        };
        if strike.is_null() || !(*strike).arrive() {
            hand_on(signal, info, context);
        }
    }
}

/// Calls the handler that was there before. A host's handler may in turn call ours: that ends here.
unsafe fn hand_on(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    static BUSY: [AtomicUsize; 16] = [const { AtomicUsize::new(0) }; 16];
    // SAFETY: `PREVIOUS` is null or a whole `Previous`, whose handler is of the kind its flags say.
    unsafe {
        let previous = PREVIOUS.load(Ordering::Acquire);
        if previous.is_null() || matches!((*previous).handler, libc::SIG_DFL | libc::SIG_IGN) {
            return;
        }
        let me = libc::pthread_self() as usize;
        if BUSY.iter().any(|thread| thread.load(Ordering::Relaxed) == me) {
            return;
        }
        let place =
            BUSY.iter().find(|thread| thread.compare_exchange(0, me, Ordering::Relaxed, Ordering::Relaxed).is_ok());
        let handler = (*previous).handler;
        if (*previous).flags & libc::SA_SIGINFO != 0 {
            let handler: extern "C" fn(c_int, *mut libc::siginfo_t, *mut c_void) = std::mem::transmute(handler);
            handler(signal, info, context);
        } else {
            let handler: extern "C" fn(c_int) = std::mem::transmute(handler);
            handler(signal);
        }
        if let Some(place) = place {
            place.store(0, Ordering::Relaxed);
        }
    }
}

/// Keeps the library that holds the function at `address` loaded for ever.
pub fn pin(address: *const c_void) {
    let mut found = MaybeUninit::<libc::Dl_info>::uninit();
    // SAFETY: `found` is written when the call succeeds; its name lives as long as the library.
    unsafe {
        if libc::dladdr(address, found.as_mut_ptr()) == 0 {
            return;
        }
        // Loaded already, so nothing is loaded here; the main program is not found by its name, and needs no pin.
        let library =
            libc::dlopen(found.assume_init().dli_fname, libc::RTLD_LAZY | libc::RTLD_NOLOAD | libc::RTLD_NODELETE);
        if !library.is_null() {
            libc::dlclose(library);
        }
    }
}

/// Writes `text` to stderr, in one write unless the system takes less at once.
pub fn write_stderr(mut text: &[u8]) {
    while !text.is_empty() {
        // SAFETY: `text` has as many bytes as said.
        let written = unsafe { libc::write(libc::STDERR_FILENO, text.as_ptr().cast(), text.len()) };
        match usize::try_from(written) {
            Ok(written) => text = &text[written.min(text.len())..],
            Err(_) if std::io::Error::last_os_error().kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}
