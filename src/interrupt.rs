//! The interrupt of one child: a request, and the hook that carries it out in the child's own thread.
//!
//! Anyone may [`request`](Target::request); no thread but the child's own touches its `lua_State` while it runs. A
//! strike ([`os::Running`]) makes that thread arm the hook, which then reads the request: a request taken back in the
//! meantime just disarms it.
//!
//! A strike arms the main coroutine, as nothing tells which one runs; on LuaJIT one hook serves all, but compiled code
//! looks at none. A child that is to be [`interruptible`] therefore polls: its hook stays, and when it is at rest it
//! looks at the request every [`POLL`] instructions. Coroutines have it from the one that makes them; LuaJIT does
//! without compiled code.

use crate::os::{self, Strike};
use crate::shim::*;
use crate::sync::atomic::{AtomicBool, AtomicPtr, AtomicU8, AtomicUsize, Ordering};
use crate::traceback;
use std::ffi::CStr;
use std::os::raw::{c_int, c_void};
use std::ptr;

/// How many instructions there are from one look at the request to the next. It is the hook's presence that costs:
/// more of them make little faster, and fewer of them end a loop sooner that calls slow C functions.
const POLL: c_int = 100;

/// What is asked of the child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Request {
    /// Go on.
    None,
    /// Raise once.
    Once,
    /// Raise at every instruction.
    Always,
}

/// Where interrupts of one child arrive. It does not move once [`attach`](Target::attach)ed.
pub struct Target {
    request: AtomicU8,
    /// The child's state, while its thread runs in it.
    state: AtomicPtr<lua_State>,
    /// How often the hook was armed by a strike.
    strikes: AtomicUsize,
    /// Whether the hook stays when nothing is asked. Only the child's thread looks at it.
    polls: AtomicBool,
    /// The error message.
    text: &'static CStr,
}

static KEY: u8 = 0;
static SENTINEL: u8 = 0;

impl Target {
    pub fn new(text: &'static CStr) -> Self {
        Target {
            request: AtomicU8::new(Request::None as u8),
            state: AtomicPtr::new(ptr::null_mut()),
            strikes: AtomicUsize::new(0),
            polls: AtomicBool::new(false),
            text,
        }
    }

    /// Sets what is asked; the caller then strikes, if the child runs.
    pub fn request(&self, request: Request) {
        self.request.store(request as u8, Ordering::Release);
    }

    /// The request that is pending; a single one is taken back by asking.
    pub fn take(&self) -> Request {
        const ONCE: u8 = Request::Once as u8;
        match self.request.compare_exchange(ONCE, Request::None as u8, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => Request::Once,
            Err(none) if none == Request::None as u8 => Request::None,
            Err(_) => Request::Always,
        }
    }

    fn pending(&self) -> bool {
        self.request.load(Ordering::Acquire) != Request::None as u8
    }

    /// What an [`os::Running`] of the child has to be given.
    pub fn strike(&self) -> Strike {
        Strike::new(strike, ptr::from_ref(self).cast())
    }

    /// Makes the target known to the state it belongs to. Raises.
    ///
    /// # Safety
    /// Called where raising is allowed; `self` stays where it is until the state is closed.
    pub unsafe fn attach(&self, L: *mut lua_State) {
        // SAFETY: As the caller says.
        unsafe {
            lua_pushlightuserdata(L, ptr::from_ref(self).cast_mut().cast());
            lua_rawsetp(L, LUA_REGISTRYINDEX, (&raw const KEY).cast());
            // A child can close its own state, with `os.exit(code, true)`, while interrupts still come: the first
            // finalizer to be set is the last to be called.
            lua_newuserdata(L, 0);
            lua_createtable(L, 0, 1);
            lua_pushcfunction(L, closing);
            lua_setfield(L, -2, c"__gc".as_ptr());
            lua_setmetatable(L, -2);
            lua_rawsetp(L, LUA_REGISTRYINDEX, (&raw const SENTINEL).cast());
        }
    }

    /// The target of the child that `L` belongs to, if it belongs to one.
    ///
    /// # Safety
    /// Two stack slots are free; the state is open, and so its target alive (Rule 4).
    pub unsafe fn of<'a>(L: *mut lua_State) -> Option<&'a Self> {
        // SAFETY: Reading the registry raises nothing: in a child the key is there, elsewhere the caller may be
        // raised through.
        unsafe {
            lua_rawgetp(L, LUA_REGISTRYINDEX, (&raw const KEY).cast());
            let target = lua_touserdata(L, -1).cast::<Self>();
            lua_pop(L, 1);
            target.as_ref()
        }
    }

    /// The child's thread begins to run in `L`. What was requested before strikes at the first instruction.
    ///
    /// # Safety
    /// `L` is the main state of the child, and the caller its thread; a strike can come already.
    pub unsafe fn enter(&self, L: *mut lua_State) {
        self.state.store(L, Ordering::Release);
        // SAFETY: In the child's own thread.
        unsafe { self.settle(L) };
    }

    /// Sets the hook of the coroutine `L` as what is asked wants it.
    ///
    /// # Safety
    /// In the child's own thread.
    unsafe fn settle(&self, L: *mut lua_State) {
        loop {
            let strikes = self.strikes.load(Ordering::Acquire);
            // SAFETY: Setting a hook raises nothing.
            unsafe {
                if self.pending() {
                    arm(L);
                } else if self.polls.load(Ordering::Relaxed) {
                    lua_sethook(L, Some(hook), LUA_MASKCOUNT, POLL);
                } else {
                    lua_sethook(L, None, 0, 0);
                }
            }
            // A strike in the middle of that is half undone by the rest of it.
            if self.strikes.load(Ordering::Acquire) == strikes {
                return;
            }
        }
    }

    /// Whether the hook of the coroutine `L` is at rest, in a child that polls.
    unsafe fn at_rest(L: *mut lua_State) -> bool {
        // SAFETY: Asked in the child's own thread.
        unsafe { lua_gethookcount(L) == POLL }
    }

    /// The child's thread is done with its code: nothing raises from here on.
    ///
    /// # Safety
    /// As for [`enter`](Self::enter).
    pub unsafe fn leave(&self) {
        os::Running::leave();
        let L = self.state.swap(ptr::null_mut(), Ordering::AcqRel);
        self.request(Request::None);
        if !L.is_null() {
            // SAFETY: In the child's own thread; setting a hook raises nothing.
            unsafe { lua_sethook(L, None, 0, 0) };
        }
    }
}

/// Arms the hook of a child, with its thread standing still or in its thread, be it in a signal handler: `lua_sethook`
/// is made for that.
unsafe fn strike(target: *const c_void) {
    // SAFETY: A thread can be struck only while its target is alive; the state is null or open.
    unsafe {
        let target = &*target.cast::<Target>();
        let L = target.state.load(Ordering::Acquire);
        if !L.is_null() && target.pending() {
            target.strikes.fetch_add(1, Ordering::AcqRel);
            arm(L);
        }
    }
}

/// Makes the hook of `L` strike at the next instruction. Calls don't count where they need not: the handler of an error
/// that is on its way is called too.
unsafe fn arm(L: *mut lua_State) {
    // SAFETY: Setting a hook raises nothing; where it is called, see `strike` and `settle`.
    unsafe {
        // LuaJIT believes that what it has set before is set: setting none first makes it do all of it again.
        lua_sethook(L, None, 0, 0);
        lua_sethook(L, Some(hook), STRIKES_AT, 1);
    }
}

/// The finalizer of a state's sentinel: the state is about to be gone.
unsafe extern "C-unwind" fn closing(L: *mut lua_State) -> c_int {
    // SAFETY: A C function called by Lua, in the thread that closes the state.
    unsafe {
        if let Some(target) = Target::of(L) {
            target.state.store(ptr::null_mut(), Ordering::Release);
        }
    }
    0
}

unsafe extern "C-unwind" fn hook(L: *mut lua_State, _: *mut lua_Debug) {
    // SAFETY: A hook may raise, and has `LUA_MINSTACK` free slots. Nothing here has a destructor.
    unsafe {
        let Some(target) = Target::of(L) else { return };
        let request = target.take();
        if request == Request::None && Target::at_rest(L) {
            return;
        }
        target.settle(L);
        if request != Request::None {
            traceback::interrupt(L, target.text);
        }
    }
}

/// `interrupted()`: whether an interrupt is pending for the child that asks; a single one is taken back. Elsewhere
/// than in a child: false.
pub unsafe extern "C-unwind" fn interrupted(L: *mut lua_State) -> c_int {
    // SAFETY: A C function called by Lua.
    unsafe {
        let pending = Target::of(L).is_some_and(|target| target.take() != Request::None);
        lua_pushboolean(L, pending.into());
    }
    1
}

/// `interruptible()`: from here on the child that calls it is interrupted also in the coroutine that calls it, in those
/// made from then on, and in loops that LuaJIT would compile. Elsewhere than in a child it does nothing.
pub unsafe extern "C-unwind" fn interruptible(L: *mut lua_State) -> c_int {
    // SAFETY: A C function called by Lua, in the child's thread; nothing has a destructor.
    unsafe {
        if let Some(target) = Target::of(L) {
            compile_nothing(L);
            target.polls.store(true, Ordering::Relaxed);
            let main = target.state.load(Ordering::Acquire);
            if !main.is_null() {
                target.settle(main);
            }
            target.settle(L);
        }
    }
    0
}
