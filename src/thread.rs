//! A thread object: the parent's end of a child, and the OS thread between them.
//!
//! Parent and child meet in one place, a `Shared` with two owners ([`Link`]): the thread object and, from the start
//! on, the OS thread. The child's state passes through its `phase`, so there is one owner at each time:
//!
//! | phase | the state is owned by | ends with |
//! |---|---|---|
//! | `Ready` | the phase, for the parent; once the OS thread has taken it, that | the libraries are open |
//! | `Running` | the OS thread | the child's code is done |
//! | `Ending` | the OS thread: logger, results, perhaps the close | everything done |
//! | `Ended` | the phase, if the parent is to close it | the parent takes results and state |
//!
//! A `Running` holds the thread's handle for strikes. It is used and taken away under the phase's lock: so no strike
//! comes to a thread that has left its code.

use crate::child::{Child, Context, Outcome};
use crate::interrupt::Request;
use crate::lifecycle::{Collection, Lifecycle, Mode, Refusal};
use crate::message::Strings;
use crate::os::{self, Strike};
use crate::sync::alloc::{self, Layout};
use crate::sync::atomic::{AtomicUsize, Ordering};
use crate::sync::{Condvar, Instant, Mutex, MutexGuard};
use std::ffi::CStr;
use std::mem;
use std::ops::Deref;
use std::os::raw::c_void;
use std::ptr::{self, NonNull};
use std::sync::PoisonError;
use std::time::Duration;

/// What is left of a child that has ended.
pub struct Ended {
    // The outcome may borrow from the state: it goes first.
    pub outcome: Outcome,
    _state: Option<Child>,
}

enum Phase {
    Ready(Option<Child>, Mode),
    Running(Option<os::Running>),
    Ending,
    Ended(Option<Ended>),
}

/// Where parent and child meet.
pub struct Shared {
    phase: Mutex<Phase>,
    ended: Condvar,
    // After `phase`: a state in there points to it.
    pub context: Context,
    strike: Option<Strike>,
    owners: AtomicUsize,
}

impl Shared {
    fn phase(&self) -> MutexGuard<'_, Phase> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of the owners of a [`Shared`]: an `Arc` whose making can fail.
pub struct Link(NonNull<Shared>);

// SAFETY: `Shared` is for several threads: its parts are locked, atomic, or (`context`) say themselves who may.
unsafe impl Send for Link {}

impl Link {
    /// A meeting place for a child still to be made; `None` when there is no memory.
    pub fn new(interrupted: &'static CStr) -> Option<Self> {
        // SAFETY: The layout has a size; the memory is written before it is read. The strike points to the target,
        // which moves no more.
        unsafe {
            let place = NonNull::new(alloc::alloc(Layout::new::<Shared>()).cast::<Shared>())?;
            place.write(Shared {
                phase: Mutex::new(Phase::Ready(None, Mode::new(false, None))),
                ended: Condvar::new(),
                context: Context::new(interrupted),
                strike: None,
                owners: AtomicUsize::new(1),
            });
            (*place.as_ptr()).strike = Some((*place.as_ptr()).context.target.strike());
            Some(Link(place))
        }
    }

    /// Hands the finished child in.
    pub fn keep(&self, child: Child) {
        *self.phase() = Phase::Ready(Some(child), Mode::new(false, None));
    }

    fn share(&self) -> Self {
        self.owners.fetch_add(1, Ordering::Relaxed);
        Link(self.0)
    }
}

impl Deref for Link {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        // SAFETY: Alive as long as it has an owner.
        unsafe { self.0.as_ref() }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if self.owners.fetch_sub(1, Ordering::AcqRel) == 1 {
            // SAFETY: This was the last owner.
            unsafe {
                ptr::drop_in_place(self.0.as_ptr());
                alloc::dealloc(self.0.as_ptr().cast(), Layout::new::<Shared>());
            }
        }
    }
}

/// Why a thread was not started.
pub enum NotStarted {
    Refused(Refusal),
    Os(os::Error),
}

/// The thread object. Dropping it does what the start table says of collection.
pub struct Thread {
    link: Link,
    life: Lifecycle,
    /// The OS thread, until it is joined or let go.
    os: Option<os::Thread>,
}

impl Thread {
    pub fn new(link: Link) -> Self {
        Thread { link, life: Lifecycle::new(), os: None }
    }

    pub fn life(&self) -> &Lifecycle {
        &self.life
    }

    /// One more owner of what the child's state points to.
    pub fn link(&self) -> Link {
        self.link.share()
    }

    pub fn start(&mut self, mode: Mode) -> Result<(), NotStarted> {
        self.life.start().map_err(NotStarted::Refused)?;
        if let Phase::Ready(_, in_mode) = &mut *self.link.phase() {
            *in_mode = mode;
        }
        let childs = mem::ManuallyDrop::new(self.link.share());
        // SAFETY: `main` gets an owner of its own.
        match unsafe { os::Thread::spawn(main, childs.0.as_ptr().cast()) } {
            Ok(thread) if mode.detaches_at_start() => thread.detach(),
            Ok(thread) => self.os = Some(thread),
            Err(error) => {
                drop(mem::ManuallyDrop::into_inner(childs)); // nobody else got it
                return Err(NotStarted::Os(error));
            }
        }
        self.life.started(mode);
        Ok(())
    }

    /// Whether the child has not ended yet.
    pub fn alive(&self) -> Result<bool, Refusal> {
        self.life.join()?;
        Ok(!matches!(*self.link.phase(), Phase::Ended(_)))
    }

    /// Waits until the child has ended, `limit` at most; without one for as long as it takes. Whether it has.
    pub fn wait(&mut self, limit: Option<Duration>) -> bool {
        let deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
        // The thread is waited for in any case: without a limit, at once, which is one wake-up less.
        if let Some(thread) = self.os.take_if(|_| deadline.is_none()) {
            thread.join();
        }
        self.ends_by(deadline)
    }

    /// Waits until the child has ended, or the deadline is there. Whether it has. For those too who do not own the thread.
    pub fn ends_by(&self, deadline: Option<Instant>) -> bool {
        let mut phase = self.link.phase();
        while !matches!(*phase, Phase::Ended(_)) {
            phase = match deadline {
                None => self.link.ended.wait(phase).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return false;
                    }
                    self.link.ended.wait_timeout(phase, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        true
    }

    /// Takes what is left of the child once it has ended: the thread is joined.
    pub fn take(&mut self) -> Option<Ended> {
        if let Some(thread) = self.os.take() {
            thread.join();
        }
        self.life.joined();
        match &mut *self.link.phase() {
            Phase::Ended(ended) => ended.take(),
            _ => None,
        }
    }

    /// Gives back what could not be delivered: the thread can be joined again.
    pub fn put_back(&mut self, ended: Option<Ended>) {
        self.life.rejoinable();
        *self.link.phase() = Phase::Ended(ended);
    }

    pub fn interrupt(&self, request: Request) {
        let phase = self.link.phase();
        match &*phase {
            Phase::Ready(..) => self.link.context.target.request(request),
            Phase::Running(thread) => {
                self.link.context.target.request(request);
                if let (Some(thread), true) = (thread, request != Request::None) {
                    // SAFETY: The thread leaves under the lock we hold, and has not done so yet.
                    unsafe { thread.strike() };
                }
            }
            Phase::Ending | Phase::Ended(_) => {}
        }
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        match self.life.collect() {
            Collection::Nothing => {}
            Collection::Wait => {
                self.wait(None);
                drop(self.take());
            }
            Collection::Detach => {
                if let Some(thread) = self.os.take() {
                    thread.detach();
                }
            }
        }
    }
}

/// The OS thread of a child.
extern "C" fn main(link: *mut c_void) -> *mut c_void {
    // SAFETY: `start` gave us this owner.
    let Some(link) = NonNull::new(link.cast()).map(Link) else { return ptr::null_mut() };
    let target = &link.context.target;
    let (mut child, mode) = {
        let mut phase = link.phase();
        let Phase::Ready(child, mode) = &mut *phase else { return ptr::null_mut() };
        let (Some(child), mode) = (child.take(), *mode) else { return ptr::null_mut() };
        (child, mode)
    };
    let opened = child.open_libraries();
    {
        let mut phase = link.phase();
        // SAFETY: The strike lives as long as `link`, and the handle is gone from the phase before `leave`. This is
        // the child's thread.
        unsafe {
            let running = link.strike.as_ref().and_then(|strike| os::Running::enter(strike));
            *phase = Phase::Running(running);
            target.enter(child.state());
        }
    }
    // The parent closes the state, and only after it has read the results: they can stay there.
    let strings = if mode.child_closes() { Strings::Copy } else { Strings::Borrow };
    let outcome = child.run(&link.context, opened, mode.keeps_results().then_some(strings), || {
        *link.phase() = Phase::Ending;
        // SAFETY: Still the child's thread.
        unsafe { target.leave() };
    });
    let state = if mode.child_closes() {
        drop(child);
        None
    } else {
        Some(child)
    };
    *link.phase() = Phase::Ended(Some(Ended { outcome, _state: state }));
    link.ended.notify_all();
    ptr::null_mut()
}
