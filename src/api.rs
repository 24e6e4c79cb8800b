//! The Lua surface: what users call, what it checks, and the shapes of what it returns.
//!
//! A thread is a full userdata with a [`Slot`]. What has a destructor lives in there whenever a call can raise.

mod join;
mod new;

use crate::child;
use crate::interrupt::{Request, interrupted, interruptible};
use crate::lifecycle::{Mode, Refusal};
use crate::logger::set_logger;
use crate::message::{self, MAX_DEPTH, Stop};
use crate::os;
use crate::shim::*;
use crate::thread::{NotStarted, Thread};
use std::ffi::CStr;
use std::os::raw::{c_int, c_void};
use std::ptr;

/// A name the library answers to.
pub struct Name {
    pub module: &'static CStr,
    interrupted_error: &'static CStr,
    new: lua_CFunction,
}

pub static LLTHREADS2: Name =
    Name { module: c"llthreads2", interrupted_error: c"llthreads2: thread was interrupted", new: new::new_llthreads2 };

pub static LLTHREADS: Name =
    Name { module: c"llthreads", interrupted_error: c"llthreads: thread was interrupted", new: new::new_llthreads };

/// `luaopen_..`: the module table, under the name that `require` passes. `loader` is the entry itself, for children.
///
/// # Safety
/// Called by Lua.
pub unsafe fn open(L: *mut lua_State, name: &'static Name, loader: lua_CFunction) -> c_int {
    const FUNCTIONS: [(&CStr, lua_CFunction); 4] = [
        (c"set_logger", set_logger),
        (c"version", version),
        (c"interrupted", interrupted),
        (c"interruptible", interruptible),
    ];
    // SAFETY: A C function called by Lua; nothing has a destructor.
    unsafe {
        match host(L) {
            Some(LUA) => {}
            Some(host) => {
                lua_pushstring(L, name.module.as_ptr());
                push_bytes(L, b" was built for ");
                push_bytes(L, LUA.as_bytes());
                push_bytes(L, b", but this is ");
                push_bytes(L, host.as_bytes());
                lua_concat(L, 5);
                lua_error(L);
            }
            None => {
                new::raise(L, Stop::Memory);
            }
        }
        os::pin(loader as *const c_void); // threads outlive `lua_close`, which unloads modules
        learn_functions(L);
        learn_tables(L);
        note_module(L, name, loader);
        push_metatable(L);
        lua_pop(L, 1);

        lua_createtable(L, 0, 7);
        set_function(L, c"new", name.new);
        for (key, function) in FUNCTIONS {
            set_function(L, key, function);
        }
        push_bytes(L, env!("CARGO_PKG_VERSION").as_bytes());
        lua_setfield(L, -2, c"_VERSION".as_ptr());
        lua_pushstring(L, name.interrupted_error.as_ptr());
        lua_setfield(L, -2, c"interrupted_error".as_ptr());
    }
    1
}

unsafe fn set_function(L: *mut lua_State, key: &CStr, function: lua_CFunction) {
    // SAFETY: A table is on top, and raising is allowed.
    unsafe {
        lua_pushcfunction(L, function);
        lua_setfield(L, -2, key.as_ptr());
    }
}

/// Notes the name under which this state knows the module, for its children.
unsafe fn note_module(L: *mut lua_State, name: &Name, loader: lua_CFunction) {
    // SAFETY: Raising is allowed; `require` passes the name at 1.
    unsafe {
        push_modules(L);
        if lua_type(L, 1) == LUA_TSTRING {
            lua_pushvalue(L, 1);
        } else {
            lua_pushstring(L, name.module.as_ptr());
        }
        lua_pushcfunction(L, loader);
        lua_rawset(L, -3);
        lua_pop(L, 1);
    }
}

/// Pushes the table of names and loaders that children get.
///
/// # Safety
/// Raising is allowed; three stack slots are free.
pub unsafe fn push_modules(L: *mut lua_State) {
    let key = (&raw const child::MODULES).cast();
    // SAFETY: Raising is allowed.
    unsafe {
        if lua_rawgetp(L, LUA_REGISTRYINDEX, key) != LUA_TTABLE {
            lua_pop(L, 1);
            lua_createtable(L, 0, 1);
            lua_pushvalue(L, -1);
            lua_rawsetp(L, LUA_REGISTRYINDEX, key);
        }
    }
}

unsafe extern "C-unwind" fn version(L: *mut lua_State) -> c_int {
    const PARTS: [&str; 3] =
        [env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR"), env!("CARGO_PKG_VERSION_PATCH")];
    const COMMENT: &str = env!("CARGO_PKG_VERSION_PRE");
    // SAFETY: A C function called by Lua; nothing has a destructor.
    unsafe {
        for part in PARTS {
            lua_pushinteger(L, part.parse().unwrap_or(0));
        }
        if COMMENT.is_empty() {
            return 3;
        }
        push_bytes(L, COMMENT.as_bytes());
        4
    }
}

static METATABLE: u8 = 0;

/// What the userdata of a thread holds.
struct Slot {
    /// Gone once collected.
    thread: Option<Thread>,
    /// A child that could not be finished, until its message is delivered.
    failed: Option<child::Child>,
}

/// Pushes the metatable of threads. Raises.
unsafe fn push_metatable(L: *mut lua_State) {
    const METHODS: [(&CStr, lua_CFunction); 9] = [
        (c"start", start),
        (c"join", join::join),
        (c"alive", alive),
        (c"started", started),
        (c"detached", detached),
        (c"joinable", joinable),
        (c"interrupt", interrupt),
        (c"__tostring", tostring),
        (c"__gc", collect),
    ];
    let key = (&raw const METATABLE).cast();
    // SAFETY: Raising is allowed; the table is known only once it is whole.
    unsafe {
        if lua_rawgetp(L, LUA_REGISTRYINDEX, key) == LUA_TTABLE {
            return;
        }
        lua_pop(L, 1);
        lua_createtable(L, 0, 11);
        for (name, method) in METHODS {
            set_function(L, name, method);
        }
        if HAS_CLOSE {
            set_function(L, c"__close", close);
        }
        lua_pushvalue(L, -1);
        lua_setfield(L, -2, c"__index".as_ptr());
        lua_pushvalue(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, key);
    }
}

/// The slot of the thread at 1, or an error. The userdata stays on the stack, so the slot stays where it is.
unsafe fn slot(L: *mut lua_State) -> *mut Slot {
    // SAFETY: Raising is allowed; nothing has a destructor.
    unsafe {
        // The type and the size are looked at too: `debug.setmetatable` can put any metatable on any value.
        if lua_type(L, 1) == LUA_TUSERDATA && lua_rawlen(L, 1) == size_of::<Slot>() && lua_getmetatable(L, 1) != 0 {
            lua_rawgetp(L, LUA_REGISTRYINDEX, (&raw const METATABLE).cast());
            let ours = lua_rawequal(L, -1, -2) != 0;
            lua_pop(L, 2);
            if ours {
                return lua_touserdata(L, 1).cast();
            }
        }
        lua_pushfstring(L, c"LLThread expected, got %s".as_ptr(), luaL_typename(L, 1));
        luaL_argerror(L, 1, lua_tostring(L, -1));
        ptr::null_mut()
    }
}

/// The thread at 1, or an error.
///
/// No two borrows of a thread overlap: nothing that runs while one is held calls Lua.
///
/// # Safety
/// Called where raising is allowed.
pub unsafe fn thread<'a>(L: *mut lua_State) -> &'a mut Thread {
    // SAFETY: As for `slot`.
    unsafe {
        match &mut (*slot(L)).thread {
            Some(thread) => thread,
            None => {
                luaL_argerror(L, 1, c"thread expected".as_ptr());
                unreachable!()
            }
        }
    }
}

unsafe fn fail(L: *mut lua_State, text: &str) -> c_int {
    // SAFETY: Raising is allowed.
    unsafe {
        lua_pushnil(L);
        push_bytes(L, text.as_bytes());
    }
    2
}

unsafe extern "C-unwind" fn start(L: *mut lua_State) -> c_int {
    // SAFETY: A C function called by Lua; nothing with a destructor is alive where it can raise.
    unsafe {
        let thread = thread(L);
        let joinable = (lua_isnone(L, 3) == 0).then(|| lua_toboolean(L, 3) != 0);
        match thread.start(Mode::new(lua_toboolean(L, 2) != 0, joinable)) {
            Ok(()) => {
                lua_settop(L, 1);
                1
            }
            Err(NotStarted::Refused(refusal)) => fail(L, refusal.text()),
            Err(NotStarted::Os(error)) => {
                lua_pushnil(L);
                lua_pushstring(L, error.text(&mut [0; 256]).as_ptr());
                2
            }
        }
    }
}

unsafe extern "C-unwind" fn alive(L: *mut lua_State) -> c_int {
    // SAFETY: A C function called by Lua; nothing has a destructor.
    unsafe {
        match thread(L).alive() {
            Ok(alive) => {
                lua_pushboolean(L, alive.into());
                1
            }
            Err(refusal) => fail(L, refusal.text()),
        }
    }
}

unsafe fn push_mode(L: *mut lua_State, asked: impl FnOnce(Mode) -> bool) -> c_int {
    // SAFETY: A C function called by Lua; nothing has a destructor.
    unsafe { lua_pushboolean(L, thread(L).life().mode().is_some_and(asked).into()) };
    1
}

unsafe extern "C-unwind" fn started(L: *mut lua_State) -> c_int {
    // SAFETY: As for `push_mode`.
    unsafe { push_mode(L, |_| true) }
}

unsafe extern "C-unwind" fn detached(L: *mut lua_State) -> c_int {
    // SAFETY: As for `push_mode`.
    unsafe { push_mode(L, |mode| mode.detached) }
}

unsafe extern "C-unwind" fn joinable(L: *mut lua_State) -> c_int {
    // SAFETY: As for `push_mode`.
    unsafe { push_mode(L, |mode| mode.joinable) }
}

unsafe extern "C-unwind" fn interrupt(L: *mut lua_State) -> c_int {
    // SAFETY: A C function called by Lua; nothing has a destructor.
    unsafe {
        let thread = thread(L);
        if thread.life().mode().is_some_and(Mode::detaches_at_start) {
            return 0; // it is on its own
        }
        thread.interrupt(if lua_isnoneornil(L, 2) != 0 {
            Request::Once
        } else if lua_toboolean(L, 2) != 0 {
            Request::Always
        } else {
            Request::None
        });
    }
    0
}

unsafe extern "C-unwind" fn tostring(L: *mut lua_State) -> c_int {
    // SAFETY: A C function called by Lua; nothing has a destructor.
    unsafe {
        let slot = slot(L);
        lua_pushfstring(L, c"LLThread: %p".as_ptr(), slot.cast::<c_void>());
    }
    1
}

/// A to-be-closed variable goes out of scope: the thread is joined, if it can be.
unsafe extern "C-unwind" fn close(L: *mut lua_State) -> c_int {
    // SAFETY: A C function called by Lua; nothing with a destructor is alive where it can raise.
    unsafe {
        let thread = thread(L);
        if thread.life().join().is_ok() {
            thread.wait(None);
            drop(thread.take());
        }
    }
    0
}

unsafe extern "C-unwind" fn collect(L: *mut lua_State) -> c_int {
    // SAFETY: Called by the collector, or by a user. The slot is empty before what was in it goes.
    unsafe {
        let slot = slot(L);
        drop((*slot).failed.take());
        drop((*slot).thread.take());
    }
    0
}

impl From<Refusal> for NotStarted {
    fn from(refusal: Refusal) -> Self {
        NotStarted::Refused(refusal)
    }
}
