//! What parent and child meet with: loom's, and where loom has none, what stands for it.

pub use loom::alloc;
use std::cell::{Cell, RefCell};
use std::ops::{Deref, DerefMut};
use std::sync::LockResult;
use std::time::Duration;

pub mod atomic {
    use crate::os::step;
    pub use loom::sync::atomic::Ordering;
    use std::ops::Deref;

    /// Each access is a step of its thread. Each store is a swap: loom takes those in one order, but would put a store
    /// also between the two halves of another thread's swap.
    macro_rules! atomics {
        ($($name:ident $(<$T:ident>)?: $value:ty),*) => {$(
            pub struct $name $(<$T>)? (loom::sync::atomic::$name $(<$T>)?);

            impl $(<$T>)? $name $(<$T>)? {
                pub fn new(value: $value) -> Self {
                    $name(loom::sync::atomic::$name::new(value))
                }

                #[allow(dead_code)] // to count owners and strikes takes none
                pub fn store(&self, value: $value, order: Ordering) {
                    self.swap(value, order);
                }
            }

            impl $(<$T>)? Deref for $name $(<$T>)? {
                type Target = loom::sync::atomic::$name $(<$T>)?;

                fn deref(&self) -> &Self::Target {
                    step();
                    &self.0
                }
            }
        )*};
    }

    atomics!(AtomicBool: bool, AtomicU8: u8, AtomicUsize: usize, AtomicPtr<T>: *mut T);
}

/// How a wait ends of which no thread has been told to end.
#[derive(Clone, Copy)]
pub enum Wake {
    /// Without a cause, as systems may, after half of its time.
    Early,
    /// Because its time is up.
    Late,
}

thread_local! {
    static WAKES: RefCell<Vec<Wake>> = const { RefCell::new(Vec::new()) };
    static CLOCK: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// Starts the clock. It moves only with the first waits, which end in these ways; all others end when they are told.
pub fn begin(wakes: &[Wake]) {
    WAKES.set(wakes.iter().rev().copied().collect());
    CLOCK.set(Duration::ZERO);
}

/// Time since the beginning.
pub fn elapsed() -> Duration {
    CLOCK.get()
}

#[derive(Clone, Copy)]
pub struct Instant(Duration);

impl Instant {
    pub fn now() -> Self {
        Instant(CLOCK.get())
    }

    pub fn checked_add(&self, duration: Duration) -> Option<Self> {
        self.0.checked_add(duration).map(Instant)
    }

    pub fn saturating_duration_since(&self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

pub struct Mutex<T>(loom::sync::Mutex<T>);

pub struct MutexGuard<'a, T> {
    mutex: &'a Mutex<T>,
    guard: loom::sync::MutexGuard<'a, T>,
}

impl<T> Mutex<T> {
    pub fn new(value: T) -> Self {
        Mutex(loom::sync::Mutex::new(value))
    }

    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        Ok(MutexGuard { mutex: self, guard: self.0.lock().expect("poisoned") })
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.guard
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.guard
    }
}

pub struct Condvar(loom::sync::Condvar);

impl Condvar {
    pub fn new() -> Self {
        Condvar(loom::sync::Condvar::new())
    }

    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        self.wait_timeout(guard, Duration::ZERO).map(|(guard, ())| guard).map_err(|_| unreachable!())
    }

    /// Whether time is up is for the caller to see on the clock.
    pub fn wait_timeout<'a, T>(
        &self,
        MutexGuard { mutex, guard }: MutexGuard<'a, T>,
        limit: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, ())> {
        let Some(wake) = WAKES.with_borrow_mut(Vec::pop) else {
            let guard = self.0.wait(guard).expect("poisoned");
            return Ok((MutexGuard { mutex, guard }, ()));
        };
        CLOCK.set(CLOCK.get() + if let Wake::Early = wake { limit / 2 } else { limit });
        drop(guard); // others may go on here, for as long as they like
        Ok((mutex.lock().unwrap_or_else(|_| unreachable!()), ()))
    }

    pub fn notify_all(&self) {
        self.0.notify_all();
    }
}
