//! `new`: a child with its arguments, ready to be started.

use super::*;
use crate::child::Child;
use crate::message::{Strictness, Strings};
use crate::thread::Link;
use std::os::raw::c_char;

/// `new` of `llthreads2`.
pub unsafe extern "C-unwind" fn new_llthreads2(L: *mut lua_State) -> c_int {
    // SAFETY: A C function called by Lua.
    unsafe { new(L, &LLTHREADS2) }
}

/// `new` of `llthreads`.
pub unsafe extern "C-unwind" fn new_llthreads(L: *mut lua_State) -> c_int {
    // SAFETY: A C function called by Lua.
    unsafe { new(L, &LLTHREADS) }
}

/// What `new` has to raise once nothing with a destructor is left.
enum NotMade {
    Stop(Stop),
    /// The child that failed is in the slot, with the message.
    Child,
}

impl From<Stop> for NotMade {
    fn from(stop: Stop) -> Self {
        NotMade::Stop(stop)
    }
}

/// `new(code, ...)`
unsafe fn new(L: *mut lua_State, name: &'static Name) -> c_int {
    const CODE: c_int = 1;
    // SAFETY: Raising is allowed wherever nothing with a destructor is alive: outside of `make`, which raises nothing.
    unsafe {
        let mut len = 0;
        let code = luaL_checklstring(L, CODE, &raw mut len);
        let last = lua_gettop(L);
        message::make_room(L, CODE, last, c"too many arguments");
        let slot = lua_newuserdata(L, size_of::<Slot>()).cast::<Slot>();
        slot.write(Slot { thread: None, failed: None });
        push_metatable(L);
        lua_setmetatable(L, -2);
        push_modules(L);
        match make(L, name, &mut *slot, (code, len), last) {
            Ok(()) => {
                lua_pop(L, 1);
                1
            }
            Err(NotMade::Child) => {
                if let Some(child) = &(*slot).failed {
                    push_bytes(L, child.message());
                }
                (*slot).failed = None;
                lua_error(L);
            }
            Err(NotMade::Stop(Stop::Unsupported(idx))) => {
                luaL_argerror(L, idx, c"function/userdata/thread types un-supported.".as_ptr())
            }
            Err(NotMade::Stop(stop)) => raise(L, stop),
        }
    }
}

/// Makes the thread in `slot`, with the arguments up to `last` and the table of modules at the top of the stack.
unsafe fn make(
    L: *mut lua_State,
    name: &Name,
    slot: &mut Slot,
    (code, len): (*const c_char, usize),
    last: c_int,
) -> Result<(), NotMade> {
    const FIRST: c_int = 2;
    // SAFETY: Nothing here raises in `L`. The arguments are borrowed only while they are on its stack. The context
    // lives in the link, which the thread keeps; a failed child is dropped before: see below.
    unsafe {
        let top = lua_gettop(L);
        let modules = message::take(L, top, top, Strictness::Refuse, Strings::Copy)?;
        let arguments = message::take(L, FIRST, last, Strictness::Refuse, Strings::Borrow)?;
        let link = Link::new(name.interrupted_error).ok_or(Stop::Memory)?;
        let mut child = Child::new().ok_or(Stop::Memory)?;
        let made = child
            .open(&link.context, &modules)
            .and_then(|()| child.load(code, len))
            .and_then(|()| child.fill(&arguments));
        match made {
            Ok(()) => {
                link.keep(child);
                slot.thread = Some(Thread::new(link));
                Ok(())
            }
            Err(_) => {
                slot.failed = Some(child);
                slot.thread = Some(Thread::new(link));
                Err(NotMade::Child)
            }
        }
    }
}

/// Raises what kept values from being copied.
pub unsafe fn raise(L: *mut lua_State, stop: Stop) -> c_int {
    // SAFETY: Raising is what it is for.
    unsafe {
        match stop {
            Stop::Depth => luaL_error(L, c"Hit maximum copy depth (%d > %d).".as_ptr(), MAX_DEPTH + 1, MAX_DEPTH),
            Stop::Memory | Stop::Stack | Stop::Unsupported(_) => {
                lua_pushstring(L, c"not enough memory".as_ptr());
                lua_error(L)
            }
        }
    }
}
