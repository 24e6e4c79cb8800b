//! What Lua 5.2 and newer do in this way.

use super::*;

/// Calls `f(arg)` protected, at the base level of a state that nothing runs in: leaves `results` values, or
/// one error message.
///
/// # Safety
/// Two stack slots are free.
pub unsafe fn protect(L: *mut lua_State, f: lua_CFunction, arg: *mut c_void, results: c_int) -> c_int {
    // SAFETY: Pushing a C function without upvalues and an address allocates nothing.
    unsafe {
        lua_pushcfunction(L, f);
        lua_pushlightuserdata(L, arg);
        lua_pcall(L, 1, results, 0)
    }
}

/// Notes for [`plain_function`] what a plain function looks like in this state: here there is no doubt.
///
/// # Safety
/// None needed.
pub unsafe fn learn_functions(_: *mut lua_State) {}

/// The C function at `idx` if its address is all there is to it: no upvalues.
///
/// # Safety
/// The value at `idx` is a function; one stack slot is free.
pub unsafe fn plain_function(L: *mut lua_State, idx: c_int) -> Option<lua_CFunction> {
    // SAFETY: Reading raises nothing.
    unsafe {
        let function = lua_tocfunction(L, idx)?;
        if lua_getupvalue(L, idx, 1).is_null() {
            return Some(function);
        }
        lua_pop(L, 1);
        None
    }
}

/// Makes of the error message at 1 the message with traceback. Raises.
///
/// # Safety
/// Called in a message handler with the message alone on the stack.
pub unsafe fn append_traceback(L: *mut lua_State) {
    // SAFETY: The handler's caller catches what raises here; nothing has a destructor.
    unsafe {
        // The message is joined on by us: `luaL_traceback` would end it at its first zero byte.
        lua_pushstring(L, c"\n".as_ptr());
        luaL_traceback(L, L, std::ptr::null(), 1);
        lua_concat(L, 3);
    }
}
