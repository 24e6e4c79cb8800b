//! The message handler of a child: an error value becomes a message with traceback.

use crate::shim::*;
use std::ffi::CStr;
use std::os::raw::{c_int, c_void};
use std::ptr;

static VALUE: u8 = 0;
static KIND: u8 = 0;
static INTERRUPT: u8 = 0;

/// The message handler. The error value itself, if it is neither string nor number, is kept for
/// [`push_error_value`].
///
/// Strings and numbers get a traceback, as does what stands for a value without a text of its own. What a
/// `__tostring` gives stays alone, as in the original and in `lua`.
pub unsafe extern "C-unwind" fn handler(L: *mut lua_State) -> c_int {
    // SAFETY: A message handler may raise, and has `LUA_MINSTACK` free slots. Nothing here has a destructor.
    unsafe {
        lua_settop(L, 1);
        let kind = lua_type(L, 1);
        let is_value = kind != LUA_TSTRING && kind != LUA_TNUMBER;
        lua_pushboolean(L, is_value.into());
        lua_rawsetp(L, LUA_REGISTRYINDEX, key(&KIND));
        lua_pushnil(L);
        lua_rawsetp(L, LUA_REGISTRYINDEX, key(&INTERRUPT));
        if !is_value {
            lua_tolstring(L, 1, ptr::null_mut()); // a number becomes its string
            append_traceback(L);
            return 1;
        }
        lua_pushvalue(L, 1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, key(&VALUE));
        if luaL_callmeta(L, 1, c"__tostring".as_ptr()) != 0 {
            if lua_type(L, -1) == LUA_TSTRING {
                return 1;
            }
            lua_settop(L, 1);
        }
        describe(L, 1);
        lua_replace(L, 1);
        append_traceback(L);
        1
    }
}

/// Pushes what stands for a value without a text of its own, in the words of `lua`. Raises.
///
/// # Safety
/// Called where raising is allowed; two stack slots are free.
pub unsafe fn describe(L: *mut lua_State, idx: c_int) {
    // SAFETY: As the caller says.
    unsafe { lua_pushfstring(L, c"(error object is a %s value)".as_ptr(), luaL_typename(L, idx)) };
}

/// Pushes the value that the last call of [`handler`] got, if it was neither string nor number.
///
/// # Safety
/// Called where raising is allowed; two stack slots are free.
pub unsafe fn push_error_value(L: *mut lua_State) -> bool {
    // SAFETY: As the caller says.
    unsafe {
        lua_rawgetp(L, LUA_REGISTRYINDEX, key(&KIND));
        let is_value = lua_toboolean(L, -1) != 0;
        lua_pop(L, 1);
        if is_value {
            lua_rawgetp(L, LUA_REGISTRYINDEX, key(&VALUE));
        }
        is_value
    }
}

/// Raises `text`, as `luaL_error` does, for an interrupt.
///
/// # Safety
/// Called where raising is allowed; four stack slots are free.
pub unsafe fn interrupt(L: *mut lua_State, text: &CStr) {
    // SAFETY: As the caller says.
    unsafe {
        luaL_where(L, 1);
        lua_pushstring(L, text.as_ptr());
        lua_concat(L, 2);
        lua_pushvalue(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, key(&INTERRUPT));
        lua_error(L);
    }
}

/// Puts the interrupt that struck while the [`handler`] ran, if one did, in the place of the message at `idx`. For
/// LuaJIT, which makes "error in error handling" of it, and not an error to be handled as the others do. Raises.
///
/// # Safety
/// Called where raising is allowed; two stack slots are free.
pub unsafe fn restore_interrupt(L: *mut lua_State, idx: c_int) {
    // SAFETY: As the caller says.
    unsafe {
        if lua_rawgetp(L, LUA_REGISTRYINDEX, key(&INTERRUPT)) == LUA_TSTRING {
            lua_replace(L, idx);
            lua_pushboolean(L, 0);
            lua_rawsetp(L, LUA_REGISTRYINDEX, key(&KIND));
        } else {
            lua_pop(L, 1);
        }
    }
}

fn key(place: &'static u8) -> *const c_void {
    ptr::from_ref(place).cast()
}
