//! The start table: which calls a thread answers in which state, and what follows from how it was started.
//!
//! No Lua and no OS thread here: [`thread`](crate::thread) asks, acts and reports back. A state changes only in
//! [`started`](Lifecycle::started), [`joined`](Lifecycle::joined) and [`rejoinable`](Lifecycle::rejoinable).
//!
//! | detached | joinable | `join` gives | who closes the child's state | on collection | OS-detached |
//! |---|---|---|---|---|---|
//! | false | true | results | the parent | wait | never |
//! | false | false | `true, 0` | the child | wait | never |
//! | true | false | refused | the child | nothing | at start |
//! | true | true | results | the child | detach | on collection |

/// How a thread was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mode {
    pub detached: bool,
    pub joinable: bool,
}

impl Mode {
    /// The arguments of `start`; `joinable` left out is the opposite of `detached`.
    pub fn new(detached: bool, joinable: Option<bool>) -> Self {
        Mode { detached, joinable: joinable.unwrap_or(!detached) }
    }

    /// Whether the child's results are kept for `join`.
    pub fn keeps_results(self) -> bool {
        self.joinable
    }

    /// Whether the child closes its own state when it ends; else the parent does, who also reads the results in it.
    pub fn child_closes(self) -> bool {
        self.detached || !self.joinable
    }

    /// Whether the OS thread is let go right at the start.
    pub fn detaches_at_start(self) -> bool {
        self.detached && !self.joinable
    }
}

/// Why a call is not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    AlreadyStarted,
    NotStarted,
    Detached,
    AlreadyJoined,
}

impl Refusal {
    /// The message users see, and match on.
    pub fn text(self) -> &'static str {
        match self {
            Refusal::AlreadyStarted => "Thread already started.",
            Refusal::NotStarted => "Can't join a thread that hasn't be started.",
            Refusal::Detached => "Can't join a thread that has been detached.",
            Refusal::AlreadyJoined => "Can't join a thread that has already been joined.",
        }
    }
}

/// What the collection of the object asks for, beyond letting go of what it owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Collection {
    Nothing,
    Wait,
    Detach,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Unstarted,
    Started(Mode),
    Joined(Mode),
}

/// The life of one thread object.
#[derive(Debug)]
pub struct Lifecycle(State);

impl Lifecycle {
    pub fn new() -> Self {
        Lifecycle(State::Unstarted)
    }

    /// How the thread was started, if it was.
    pub fn mode(&self) -> Option<Mode> {
        match self.0 {
            State::Unstarted => None,
            State::Started(mode) | State::Joined(mode) => Some(mode),
        }
    }

    /// Whether `start` may go on.
    #[must_use = "a refused start must not happen"]
    pub fn start(&self) -> Result<(), Refusal> {
        match self.0 {
            State::Unstarted => Ok(()),
            State::Started(_) | State::Joined(_) => Err(Refusal::AlreadyStarted),
        }
    }

    /// The OS gave a thread.
    pub fn started(&mut self, mode: Mode) {
        debug_assert_eq!(self.0, State::Unstarted);
        self.0 = State::Started(mode);
    }

    /// Whether `join` and `alive` may go on.
    #[must_use = "a refused join must not happen"]
    pub fn join(&self) -> Result<Mode, Refusal> {
        match self.0 {
            State::Unstarted => Err(Refusal::NotStarted),
            State::Started(mode) | State::Joined(mode) if mode.detaches_at_start() => Err(Refusal::Detached),
            State::Joined(_) => Err(Refusal::AlreadyJoined),
            State::Started(mode) => Ok(mode),
        }
    }

    /// The child has ended and its results were taken.
    pub fn joined(&mut self) {
        debug_assert!(self.join().is_ok());
        if let State::Started(mode) = self.0 {
            self.0 = State::Joined(mode);
        }
    }

    /// The results could not be delivered and are back: the thread can be joined again.
    pub fn rejoinable(&mut self) {
        debug_assert!(matches!(self.0, State::Joined(_)));
        if let State::Joined(mode) = self.0 {
            self.0 = State::Started(mode);
        }
    }

    /// What collection asks for.
    #[must_use = "the OS thread must be waited for or let go"]
    pub fn collect(&self) -> Collection {
        match self.0 {
            State::Unstarted | State::Joined(_) => Collection::Nothing,
            State::Started(mode) if mode.detaches_at_start() => Collection::Nothing,
            State::Started(mode) if mode.detached => Collection::Detach,
            State::Started(_) => Collection::Wait,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ATTACHED: Mode = Mode { detached: false, joinable: true };
    const UNREAD: Mode = Mode { detached: false, joinable: false };
    const DETACHED: Mode = Mode { detached: true, joinable: false };
    const LOOSE: Mode = Mode { detached: true, joinable: true };

    fn after(mode: Mode) -> Lifecycle {
        let mut life = Lifecycle::new();
        life.started(mode);
        life
    }

    #[test]
    fn joinable_left_out_is_the_opposite_of_detached() {
        assert_eq!(Mode::new(false, None), ATTACHED);
        assert_eq!(Mode::new(true, None), DETACHED);
        assert_eq!(Mode::new(false, Some(false)), UNREAD);
        assert_eq!(Mode::new(true, Some(true)), LOOSE);
    }

    #[test]
    fn the_cells_of_the_table() {
        //                 results  child closes  at start  on collection
        for (mode, cells) in [
            (ATTACHED, (true, false, false, Collection::Wait)),
            (UNREAD, (false, true, false, Collection::Wait)),
            (DETACHED, (false, true, true, Collection::Nothing)),
            (LOOSE, (true, true, false, Collection::Detach)),
        ] {
            let seen = (mode.keeps_results(), mode.child_closes(), mode.detaches_at_start(), after(mode).collect());
            assert_eq!(seen, cells, "{mode:?}");
        }
    }

    #[test]
    fn an_unstarted_thread() {
        let life = Lifecycle::new();
        assert_eq!(life.mode(), None);
        assert_eq!(life.start(), Ok(()));
        assert_eq!(life.join(), Err(Refusal::NotStarted));
        assert_eq!(life.collect(), Collection::Nothing);
    }

    #[test]
    fn a_started_thread_is_not_started_again() {
        for mode in [ATTACHED, UNREAD, DETACHED, LOOSE] {
            assert_eq!(after(mode).start(), Err(Refusal::AlreadyStarted));
            assert_eq!(after(mode).mode(), Some(mode));
        }
    }

    #[test]
    fn join_is_refused_for_the_detached_only() {
        assert_eq!(after(DETACHED).join(), Err(Refusal::Detached));
        for mode in [ATTACHED, UNREAD, LOOSE] {
            assert_eq!(after(mode).join(), Ok(mode));
        }
    }

    #[test]
    fn a_joined_thread() {
        for mode in [ATTACHED, UNREAD, LOOSE] {
            let mut life = after(mode);
            life.joined();
            assert_eq!(life.join(), Err(Refusal::AlreadyJoined));
            assert_eq!(life.start(), Err(Refusal::AlreadyStarted));
            assert_eq!(life.mode(), Some(mode));
            assert_eq!(life.collect(), Collection::Nothing);
            life.rejoinable();
            assert_eq!(life.join(), Ok(mode));
        }
    }
}
