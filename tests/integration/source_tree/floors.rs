//! The floor table of ARCHITECTURE.md.

use std::collections::{BTreeMap, BTreeSet};

/// What the last column says.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Walls {
    /// These lower rooms are closed to it.
    Closed(BTreeSet<String>),
    /// Only these rooms are open to it; one file may also import one more.
    Only { open: BTreeSet<String>, file: String, extra: String },
}

/// Floors and walls, by room.
#[derive(Debug, Clone)]
pub(super) struct Floors {
    rooms: BTreeMap<String, (u32, Walls)>,
}

/// The words in back quotes.
pub(super) fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

impl Floors {
    /// Reads the table whose header begins with `| floor | room |`.
    pub(super) fn parse(architecture: &str) -> Result<Self, Vec<String>> {
        let lines = architecture.lines().skip_while(|l| !l.starts_with("| floor | room |")).skip(2);
        let mut rooms = BTreeMap::new();
        let mut complaints = Vec::new();
        for line in lines.take_while(|l| l.starts_with('|')) {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            match Self::row(&cells) {
                Some((room, entry)) => {
                    if rooms.insert(room.clone(), entry).is_some() {
                        complaints.push(format!("ARCHITECTURE.md: room `{room}` stands on two floors"));
                    }
                }
                None => complaints.push(format!("ARCHITECTURE.md: cannot read the floor table's line: {line}")),
            }
        }
        if rooms.is_empty() {
            complaints.push("ARCHITECTURE.md: no floor table".to_owned());
        }
        let floors = Self { rooms };
        complaints.extend(floors.unknown_names());
        if complaints.is_empty() { Ok(floors) } else { Err(complaints) }
    }

    fn row(cells: &[&str]) -> Option<(String, (u32, Walls))> {
        let [floor, room, _, walls] = cells else { return None };
        let room = quoted(room).pop()?;
        let mut names = quoted(walls);
        let walls = if walls.starts_with("everything but") {
            let extra = names.pop()?;
            let file = names.pop()?;
            Walls::Only { open: names.into_iter().collect(), file, extra }
        } else {
            Walls::Closed(names.into_iter().collect())
        };
        Some((room, (floor.parse().ok()?, walls)))
    }

    fn unknown_names(&self) -> Vec<String> {
        let named = |walls: &Walls| match walls {
            Walls::Closed(names) => names.clone(),
            Walls::Only { open, extra, .. } => open.iter().chain([extra]).cloned().collect(),
        };
        let all = self.rooms.iter().flat_map(|(room, (_, walls))| named(walls).into_iter().map(move |n| (room, n)));
        all.filter(|(_, name)| !self.rooms.contains_key(name))
            .map(|(room, name)| format!("ARCHITECTURE.md: the wall of `{room}` names `{name}`, which is no room"))
            .collect()
    }

    /// Complaints about rooms without a floor, and floors without a room.
    pub(super) fn check_rooms(&self, rooms: &BTreeSet<String>) -> Vec<String> {
        let homeless = rooms.iter().filter(|r| !self.rooms.contains_key(*r));
        let empty = self.rooms.keys().filter(|r| !rooms.contains(*r));
        homeless
            .map(|r| format!("src/{r}: room `{r}` has no floor in ARCHITECTURE.md"))
            .chain(empty.map(|r| format!("ARCHITECTURE.md: room `{r}` has no folder src/{r}")))
            .collect()
    }

    pub(super) fn is_room(&self, name: &str) -> bool {
        self.rooms.contains_key(name)
    }

    /// Why `file` in `room` may not import `imported`; `None` when it may.
    pub(super) fn refusal(&self, file: &str, room: &str, imported: &str) -> Option<String> {
        let Some((own, walls)) = self.rooms.get(room) else {
            return Some(format!("room `{room}` has no floor"));
        };
        let Some((other, _)) = self.rooms.get(imported) else {
            return Some(format!("`{imported}` is no room"));
        };
        if room == imported {
            return None;
        }
        if other >= own {
            return Some(format!("`{room}` stands on floor {own}, `{imported}` on floor {other}"));
        }
        let walled = match walls {
            Walls::Closed(closed) => closed.contains(imported),
            Walls::Only { open, file: exempt, extra } => {
                !(open.contains(imported) || file == exempt && imported == extra)
            }
        };
        walled.then(|| format!("`{room}` must not know `{imported}`, though it is lower"))
    }
}

#[cfg(test)]
pub(super) const EXAMPLE: &str = "\
| floor | room | what | must not import, though lower |
| --- | --- | --- | --- |
| 0 | `ground` | x | |
| 1 | `left` | x | |
| 1 | `right` | x | |
| 2 | `upper` | x | `left` |
| 3 | `closed` | x | everything but `ground`, `right`; only `src/closed/door.rs` may also import `upper` |
";

#[test]
fn floors_and_walls_refuse() {
    let floors = Floors::parse(EXAMPLE).unwrap();
    let refused = |file: &str, room: &str, imported: &str| floors.refusal(file, room, imported).is_some();
    assert!(!refused("src/left/a.rs", "left", "ground"));
    assert!(!refused("src/left/a.rs", "left", "left"));
    assert!(refused("src/left/a.rs", "left", "right"), "its own floor");
    assert!(refused("src/ground/a.rs", "ground", "left"), "up");
    assert!(refused("src/upper/a.rs", "upper", "left"), "a wall");
    assert!(!refused("src/upper/a.rs", "upper", "right"));
    assert!(refused("src/closed/a.rs", "closed", "left"), "not among the open ones");
    assert!(refused("src/closed/a.rs", "closed", "upper"));
    assert!(!refused("src/closed/door.rs", "closed", "upper"), "the exempt file");
    assert!(refused("src/attic/a.rs", "attic", "ground"), "a room without a floor");
    assert!(refused("src/left/a.rs", "left", "attic"));
}

#[test]
fn tables_that_cannot_be_meant_are_refused() {
    assert!(Floors::parse("no table").is_err());
    assert!(Floors::parse(&EXAMPLE.replace("| 2 |", "| two |")).is_err());
    assert!(Floors::parse(&EXAMPLE.replace("`right` | x |", "`left` | x |")).is_err(), "a room on two floors");
    assert!(Floors::parse(&EXAMPLE.replace("| `left` |\n", "| `lef` |\n")).is_err(), "a wall against nobody");
    let floors = Floors::parse(EXAMPLE).unwrap();
    let rooms = |names: &[&str]| names.iter().map(|&n| n.to_owned()).collect();
    assert_eq!(floors.check_rooms(&rooms(&["ground", "left", "right", "upper", "closed"])), [""; 0]);
    assert_eq!(floors.check_rooms(&rooms(&["ground", "left", "right", "upper", "closed", "attic"])).len(), 1);
    assert_eq!(floors.check_rooms(&rooms(&["ground", "left", "right", "upper"])).len(), 1);
}
