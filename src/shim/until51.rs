//! What Lua 5.1 and LuaJIT do otherwise.

use super::*;

static CALL: u8 = 0;
static PACKAGE: u8 = 0;
static PROBE: u8 = 0;

struct Call {
    f: lua_CFunction,
    arg: *mut c_void,
}

/// Calls `f(arg)` protected, at the base level of a state that nothing runs in: leaves `results` values, or
/// one error message.
///
/// # Safety
/// Three stack slots are free.
pub unsafe fn protect(L: *mut lua_State, f: lua_CFunction, arg: *mut c_void, results: c_int) -> c_int {
    // Here even pushing a C function allocates and can raise: it is made inside of `lua_cpcall`, which takes
    // no results out, and fetched from the registry, which raises nothing.
    unsafe extern "C-unwind" fn anchor(L: *mut lua_State) -> c_int {
        // SAFETY: The argument is the `Call` below; what raises here is caught by `lua_cpcall`.
        unsafe {
            let call = &*lua_touserdata(L, 1).cast::<Call>();
            lua_pushlightuserdata(L, call.arg); // LuaJIT makes room for the address: now, not below
            lua_pushcfunction(L, call.f);
            lua_rawsetp(L, LUA_REGISTRYINDEX, (&raw const CALL).cast());
        }
        0
    }
    let mut call = Call { f, arg };
    // SAFETY: `call` outlives `lua_cpcall`; reading a known key of the registry and pushing a known address
    // raise nothing.
    unsafe {
        let status = lua_cpcall(L, anchor, (&raw mut call).cast());
        if status != LUA_OK {
            return status;
        }
        lua_rawgetp(L, LUA_REGISTRYINDEX, (&raw const CALL).cast());
        lua_pushlightuserdata(L, arg);
        lua_pcall(L, 1, results, 0)
    }
}

/// Notes for [`plain_function`] what a plain function looks like in this state. Raises.
///
/// # Safety
/// Called from a C function; four stack slots are free.
pub unsafe fn learn_functions(L: *mut lua_State) {
    // SAFETY: The caller lets it raise, and nothing here has a destructor.
    unsafe {
        // What C modules define lives in the environment of `package`, whose loaders opened them.
        lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
        if lua_istable(L, -1) != 0 {
            lua_pushstring(L, c"package".as_ptr());
            lua_rawget(L, -2);
            lua_rawsetp(L, LUA_REGISTRYINDEX, (&raw const PACKAGE).cast());
        }
        lua_pop(L, 1);
        #[cfg(feature = "luajit")]
        {
            for _ in 0..PROBE_UPVALUES {
                lua_pushnil(L);
            }
            lua_pushcclosure(L, probe, PROBE_UPVALUES);
            lua_rawsetp(L, LUA_REGISTRYINDEX, (&raw const PROBE).cast());
        }
        let _ = &raw const PROBE;
    }
}

/// The C function at `idx` if its address is all there is to it: no upvalues, no environment of its own, no
/// built-in of LuaJIT (those find themselves by more than their address).
///
/// # Safety
/// The value at `idx`, an absolute index, is a function; two stack slots are free; [`learn_functions`] ran in
/// this state.
pub unsafe fn plain_function(L: *mut lua_State, idx: c_int) -> Option<lua_CFunction> {
    // SAFETY: Reading raises nothing: the registry's keys are there already.
    unsafe {
        let function = lua_tocfunction(L, idx)?;
        if !lua_getupvalue(L, idx, 1).is_null() {
            lua_pop(L, 1);
            return None;
        }
        lua_getfenv(L, idx);
        lua_rawgetp(L, LUA_REGISTRYINDEX, (&raw const PACKAGE).cast());
        let plain = lua_rawequal(L, -1, -2) != 0 || lua_rawequal(L, -2, LUA_GLOBALSINDEX) != 0;
        lua_pop(L, 2);
        (plain && !built_in(L, idx)).then_some(function)
    }
}

cfg_if::cfg_if! {
    if #[cfg(feature = "luajit")] {
        const PROBE_UPVALUES: c_int = 37;

        unsafe extern "C-unwind" fn probe(_: *mut lua_State) -> c_int {
            0
        }

        /// Whether the C function at `idx` is one of LuaJIT's own. Its header says so, in a byte that no API
        /// function gives: where that byte stands is found on a function of ours, and where it can't be
        /// found every function counts as built-in.
        unsafe fn built_in(L: *mut lua_State, idx: c_int) -> bool {
            const FF_C: u8 = 1; // "a C function of a user", right before the number of upvalues
            // SAFETY: A function object is at least 12 bytes long and alive, being on the stack and in the
            // registry.
            unsafe {
                lua_rawgetp(L, LUA_REGISTRYINDEX, (&raw const PROBE).cast());
                let known = lua_topointer(L, -1).cast::<u8>();
                let asked = lua_topointer(L, idx).cast::<u8>();
                lua_pop(L, 1);
                if known.is_null() || asked.is_null() {
                    return true;
                }
                // A 64 bit link to the next object comes first, or a 32 bit one; then mark and type.
                [10, 6]
                    .into_iter()
                    .find(|&at| *known.add(at) == FF_C && c_int::from(*known.add(at + 1)) == PROBE_UPVALUES)
                    .is_none_or(|at| *asked.add(at) != FF_C)
            }
        }
    } else {
        unsafe fn built_in(_: *mut lua_State, _: c_int) -> bool {
            false
        }
    }
}

/// Makes of the error message at 1 the message with traceback. Raises.
///
/// # Safety
/// Called in a message handler with the message alone on the stack.
pub unsafe fn append_traceback(L: *mut lua_State) {
    // SAFETY: The handler's caller catches what raises here; nothing has a destructor.
    unsafe {
        lua_getglobal(L, c"debug".as_ptr());
        if lua_istable(L, -1) == 0 {
            return lua_settop(L, 1);
        }
        lua_getfield(L, -1, c"traceback".as_ptr());
        if lua_isfunction(L, -1) == 0 {
            return lua_settop(L, 1);
        }
        // LuaJIT's ends the message at its first zero byte: such a message is joined on by us.
        let whole = !bytes(L, 1).contains(&0);
        if whole {
            lua_pushvalue(L, 1);
        } else {
            lua_pushstring(L, c"".as_ptr());
        }
        lua_pushinteger(L, 2); // from the function that raised: not `traceback` and the handler
        lua_call(L, 2, 1);
        if lua_type(L, -1) == LUA_TSTRING {
            if whole {
                lua_replace(L, 1);
            } else {
                lua_replace(L, 2);
                lua_settop(L, 2);
                lua_concat(L, 2);
            }
        }
        lua_settop(L, 1);
    }
}
