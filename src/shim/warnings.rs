//! The warnings of a state, as `luaL_newstate` sets them up: to stderr, if a `warn("@on")` said so.

use super::*;
use crate::os::write_stderr;
use std::ffi::CStr;

/// Does what a control message says. Whether it was one.
unsafe fn control(L: *mut lua_State, message: &[u8], more: c_int) -> bool {
    // SAFETY: Called by Lua, with the state.
    unsafe {
        match message {
            [b'@', ..] if more != 0 => return false,
            b"@on" => lua_setwarnf(L, Some(on), L.cast()),
            b"@off" => lua_setwarnf(L, Some(off), L.cast()),
            [b'@', ..] => {}
            _ => return false,
        }
    }
    true
}

pub unsafe extern "C-unwind" fn off(L: *mut c_void, message: *const c_char, more: c_int) {
    // SAFETY: Called by Lua, with a message that ends in a zero.
    unsafe { control(L.cast(), CStr::from_ptr(message).to_bytes(), more) };
}

pub unsafe extern "C-unwind" fn on(L: *mut c_void, message: *const c_char, more: c_int) {
    // SAFETY: As for `off`.
    unsafe {
        if !control(L.cast(), CStr::from_ptr(message).to_bytes(), more) {
            write_stderr(b"Lua warning: ");
            go_on(L, message, more);
        }
    }
}

unsafe extern "C-unwind" fn go_on(L: *mut c_void, message: *const c_char, more: c_int) {
    // SAFETY: As for `off`.
    unsafe {
        write_stderr(CStr::from_ptr(message).to_bytes());
        if more == 0 {
            write_stderr(b"\n");
        }
        lua_setwarnf(L.cast(), Some(if more == 0 { on } else { go_on }), L);
    }
}
