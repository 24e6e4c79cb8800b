//! What stands for a Lua state: a stack, a registry and a hook, as much of them as interrupts need.
//!
//! Used by two threads at once, used or struck after its close, struck when its code is done, closed twice, never, or
//! by the wrong side: all that fails the test.

#![allow(non_camel_case_types)] // Lua's names

use crate::os::{in_child, step};
use loom::cell::UnsafeCell;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ffi::CStr;
use std::os::raw::{c_char, c_int, c_void};
use std::ptr;

pub const LUA_REGISTRYINDEX: c_int = -1_001_000;
pub const LUA_MASKCOUNT: c_int = 8;
pub const STRIKES_AT: c_int = LUA_MASKCOUNT;

pub enum lua_Debug {}
pub type lua_CFunction = unsafe extern "C-unwind" fn(*mut lua_State) -> c_int;
pub type lua_Hook = Option<unsafe extern "C-unwind" fn(*mut lua_State, *mut lua_Debug)>;

/// Functions are for finalizers only.
#[derive(Clone, Copy)]
enum Value {
    Boolean(bool),
    Function(lua_CFunction),
    LightUserdata(*mut c_void),
    /// With what its field `__gc` is.
    Table(Option<lua_CFunction>),
    /// With its finalizer.
    Userdata(Option<lua_CFunction>),
}

pub struct lua_State {
    /// For loom, which sees to it that one thread at a time is here.
    contents: UnsafeCell<()>,
    stack: RefCell<Vec<Value>>,
    registry: RefCell<HashMap<usize, Value>>,
    hook: Cell<lua_Hook>,
    count: Cell<c_int>,
    mask: Cell<c_int>,
    raised: Cell<bool>,
    /// The child's code is done.
    pub done: Cell<bool>,
    closes: Cell<usize>,
    closed_by_child: Cell<bool>,
    /// Whether it is the child that has to close it.
    pub child_closes: Cell<bool>,
}

thread_local! {
    /// How many there are.
    pub static STATES: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: loom runs one thread at a time, and sees to who is at `contents`.
unsafe impl Send for lua_State {}
// SAFETY: As above.
unsafe impl Sync for lua_State {}

impl lua_State {
    /// What interrupts raise.
    pub const TEXT: &CStr = c"interrupted";

    pub fn new() -> Self {
        STATES.set(STATES.get() + 1);
        lua_State {
            contents: UnsafeCell::new(()),
            stack: RefCell::default(),
            registry: RefCell::default(),
            hook: Cell::new(None),
            count: Cell::new(0),
            mask: Cell::new(0),
            raised: Cell::new(false),
            done: Cell::new(false),
            closes: Cell::new(0),
            closed_by_child: Cell::new(false),
            child_closes: Cell::new(false),
        }
    }

    /// Anything is done with it.
    pub fn touch(&self) {
        assert_eq!(self.closes.get(), 0, "the state is used after its close");
        self.contents.with_mut(|_| ());
    }

    pub fn address(&self) -> *mut Self {
        ptr::from_ref(self).cast_mut()
    }

    pub fn has_hook(&self) -> bool {
        self.hook.get().is_some()
    }

    /// Runs an instruction, or as many as it takes for a hook that polls. Whether it raised.
    pub fn run(&self) -> bool {
        step();
        self.touch();
        if let (Some(hook), true) = (self.hook.get(), self.mask.get() != 0 && self.count.get() > 0) {
            // SAFETY: This is the thread that runs the state. Nothing is on the stack, nothing is borrowed.
            unsafe { hook(self.address(), ptr::null_mut()) };
        }
        step();
        self.raised.take()
    }

    pub fn raise(&self, text: &CStr) {
        self.touch();
        assert_eq!(text, Self::TEXT);
        self.raised.set(true);
    }

    /// Calls a function without arguments that gives a boolean, or nothing: then it is false.
    pub fn call(&self, f: lua_CFunction) -> bool {
        self.touch();
        // SAFETY: This is the thread that runs the state.
        match unsafe { f(self.address()) } {
            0 => false,
            _ => matches!(self.pop(), Value::Boolean(true)),
        }
    }

    /// How often it was closed. To ask that while another thread may close it fails the test, too.
    pub fn closes(&self) -> usize {
        self.contents.with(|_| ());
        self.closes.get()
    }

    pub fn close(&self) {
        let finalizers: Vec<_> = self.registry.borrow().values().copied().collect();
        for value in finalizers {
            if let Value::Userdata(Some(finalizer)) = value {
                self.call(finalizer);
            }
        }
        step();
        self.touch();
        self.closes.set(self.closes.get() + 1);
        self.closed_by_child.set(in_child());
        step();
    }

    fn push(&self, value: Value) {
        self.touch();
        self.stack.borrow_mut().push(value);
    }

    fn pop(&self) -> Value {
        self.touch();
        self.stack.borrow_mut().pop().expect("nothing on the stack")
    }
}

impl Drop for lua_State {
    fn drop(&mut self) {
        STATES.set(STATES.get() - 1);
        assert_eq!(self.closes.get(), 1, "closes");
        assert_eq!(self.closed_by_child.get(), self.child_closes.get(), "closed by the child");
        assert!(self.stack.borrow().is_empty(), "something is left on the stack");
    }
}

pub unsafe fn lua_pushlightuserdata(L: *mut lua_State, address: *mut c_void) {
    // SAFETY: The caller owns the state, as in all of these; that is what they are to find out.
    unsafe { (*L).push(Value::LightUserdata(address)) };
}

pub unsafe fn lua_pushboolean(L: *mut lua_State, value: c_int) {
    // SAFETY: As above.
    unsafe { (*L).push(Value::Boolean(value != 0)) };
}

pub unsafe fn lua_pushcfunction(L: *mut lua_State, f: lua_CFunction) {
    // SAFETY: As above.
    unsafe { (*L).push(Value::Function(f)) };
}

pub unsafe fn lua_newuserdata(L: *mut lua_State, _size: usize) {
    // SAFETY: As above.
    unsafe { (*L).push(Value::Userdata(None)) };
}

pub unsafe fn lua_createtable(L: *mut lua_State, _array: c_int, _records: c_int) {
    // SAFETY: As above.
    unsafe { (*L).push(Value::Table(None)) };
}

pub unsafe fn lua_setfield(L: *mut lua_State, idx: c_int, name: *const c_char) {
    // SAFETY: As above; names end with a zero.
    unsafe {
        assert!(idx == -2 && CStr::from_ptr(name) == c"__gc");
        match ((*L).pop(), (*L).pop()) {
            (Value::Function(f), Value::Table(None)) => (*L).push(Value::Table(Some(f))),
            _ => panic!("not a finalizer for a metatable"),
        }
    }
}

pub unsafe fn lua_setmetatable(L: *mut lua_State, idx: c_int) {
    assert_eq!(idx, -2);
    // SAFETY: As above.
    unsafe {
        match ((*L).pop(), (*L).pop()) {
            (Value::Table(finalizer), Value::Userdata(None)) => (*L).push(Value::Userdata(finalizer)),
            _ => panic!("not a metatable for a userdata"),
        }
    }
}

pub unsafe fn lua_rawsetp(L: *mut lua_State, idx: c_int, key: *const c_void) {
    assert_eq!(idx, LUA_REGISTRYINDEX);
    // SAFETY: As above.
    unsafe {
        let value = (*L).pop();
        (*L).registry.borrow_mut().insert(key.addr(), value);
    }
}

pub unsafe fn lua_rawgetp(L: *mut lua_State, idx: c_int, key: *const c_void) {
    assert_eq!(idx, LUA_REGISTRYINDEX);
    // SAFETY: As above.
    unsafe {
        let value = (*L).registry.borrow()[&key.addr()];
        (*L).push(value);
    }
}

pub unsafe fn lua_touserdata(L: *mut lua_State, idx: c_int) -> *mut c_void {
    assert_eq!(idx, -1);
    // SAFETY: As above.
    match unsafe { (*L).stack.borrow().last().copied() } {
        Some(Value::LightUserdata(address)) => address,
        _ => ptr::null_mut(),
    }
}

pub unsafe fn lua_pop(L: *mut lua_State, count: c_int) {
    // SAFETY: As above.
    (0..count).for_each(|_| _ = unsafe { (*L).pop() });
}

/// A signal finds it half done, as in Lua.
pub unsafe fn lua_sethook(L: *mut lua_State, hook: lua_Hook, mask: c_int, count: c_int) {
    // SAFETY: As above, and made for signal handlers.
    let L = unsafe { &*L };
    step();
    L.touch();
    assert!(hook.is_none() || !L.done.get(), "struck when its code is done");
    L.hook.set(hook);
    L.count.set(count);
    step();
    L.mask.set(mask);
}

pub unsafe fn lua_gethookcount(L: *mut lua_State) -> c_int {
    // SAFETY: As above.
    unsafe {
        (*L).touch();
        (*L).count.get()
    }
}

/// There is no compiler.
pub unsafe fn compile_nothing(L: *mut lua_State) {
    // SAFETY: As above.
    unsafe { (*L).touch() };
}
