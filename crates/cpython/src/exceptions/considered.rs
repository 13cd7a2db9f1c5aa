//! Exceptions that were looked at for a stop, so that each stops, and is counted, once at an occasion.
//!
//! Invariant: known by address and not held, as an exception keeps the frames that it was in alive: it is forgotten when
//! another one is raised at its address, and a reference is held only while a thread is stopped at it.

use std::cell::Cell;

use pausa_engine::exception_filters::Occasions;

/// How many are remembered: as many may be in flight at a time, in threads and in the `finally` of others.
const KEPT: usize = 8;

/// See the module.
#[derive(Default)]
pub struct Considered {
    slots: [Cell<(usize, Occasions)>; KEPT],
    /// The slot to be used next.
    next: Cell<usize>,
    /// How many are in use.
    used: Cell<usize>,
}

impl Considered {
    /// The occasions that an exception was looked at for.
    #[inline]
    pub fn of(&self, exception: usize) -> Occasions {
        if self.used.get() == 0 {
            return Occasions::NONE;
        }
        let known = self.slots.iter().map(Cell::get).find(|(known, _)| *known == exception);
        known.map_or(Occasions::NONE, |(_, occasions)| occasions)
    }

    /// Remembers that it was.
    pub fn add(&self, exception: usize, occasions: Occasions) {
        if let Some(slot) = self.slots.iter().find(|slot| slot.get().0 == exception) {
            slot.set((exception, slot.get().1.or(occasions)));
            return;
        }
        let at = self.next.replace((self.next.get() + 1) % KEPT);
        let Some(slot) = self.slots.get(at) else { return };
        if slot.replace((exception, occasions)).0 == 0 {
            self.used.set(self.used.get() + 1);
        }
    }

    /// An exception is raised: what was known of another one at its address is over.
    #[inline]
    pub fn begins(&self, exception: usize) {
        if self.used.get() != 0 {
            self.forget(exception);
        }
    }

    #[cold]
    fn forget(&self, exception: usize) {
        for slot in self.slots.iter().filter(|slot| slot.get().0 == exception) {
            slot.set((0, Occasions::NONE));
            self.used.set(self.used.get() - 1);
        }
    }
}
