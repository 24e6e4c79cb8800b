//! The logger of a state: the function that is told of the error a child ends with.

use crate::os;
use crate::shim::*;
use std::os::raw::c_int;
use std::ptr;

static LOGGER: u8 = 0;

/// `set_logger(fn)`
pub unsafe extern "C-unwind" fn set_logger(L: *mut lua_State) -> c_int {
    // SAFETY: A C function called by Lua; nothing has a destructor.
    unsafe {
        lua_settop(L, 1);
        luaL_argcheck(L, lua_isfunction(L, 1), 1, c"function expected".as_ptr());
        lua_rawsetp(L, LUA_REGISTRYINDEX, (&raw const LOGGER).cast());
    }
    0
}

/// Tells the logger of the message at `idx`, or stderr if there is none. Raises only when there is no memory.
///
/// # Safety
/// Called where raising is allowed; the value at `idx`, an absolute index, is a string; four stack slots are free.
pub unsafe fn report(L: *mut lua_State, idx: c_int) {
    // SAFETY: As the caller says; the line stays on the stack while its bytes are used.
    unsafe {
        let top = lua_gettop(L);
        lua_rawgetp(L, LUA_REGISTRYINDEX, (&raw const LOGGER).cast());
        lua_pushstring(L, c"Error from thread: ".as_ptr());
        lua_pushvalue(L, idx);
        if lua_isnil(L, top + 1) == 0 {
            lua_concat(L, 2);
            lua_pcall(L, 1, 0, 0); // its failure is no new error
        } else {
            lua_pushstring(L, c"\n".as_ptr());
            lua_concat(L, 3);
            let mut len = 0;
            let line = lua_tolstring(L, -1, ptr::from_mut(&mut len));
            os::write_stderr(std::slice::from_raw_parts(line.cast(), len));
        }
        lua_settop(L, top);
    }
}
