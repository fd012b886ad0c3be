//! The rules of file swarming that a scenario may choose.

use crate::catalog::Alternative;

/// How a peer that still downloads orders interested neighbours.
pub const CHOKE_ORDERS: &[Alternative] = &[
    Alternative {
        name: "random",
        summary: "by lot, drawn anew each round",
        reference: "the control of tit-for-tat in Bharambe, Herley, Padmanabhan 2006",
        needs: "",
    },
    Alternative {
        name: "tit-for-tat",
        summary: "who sent most since the last round",
        reference: "Cohen 2003, section 4.2; BEP 3",
        needs: "",
    },
];

/// How a seed orders interested neighbours.
pub const SEED_ORDERS: &[Alternative] = &[
    Alternative {
        name: "fastest-first",
        summary: "to whom most was sent since the last round",
        reference: "libtorrent, `seed_choking_algorithm` `fastest_upload`",
        needs: "",
    },
    Alternative {
        name: "round-robin",
        summary: "who waited longest, once a receiver has used up its quota of pieces and time",
        reference: "libtorrent, `seed_choking_algorithm` `round_robin`",
        needs: "",
    },
];

/// In which order pieces are requested, after the first ones.
pub const PIECE_ORDERS: &[Alternative] = &[
    Alternative { name: "random", summary: "by lot", reference: "", needs: "" },
    Alternative {
        name: "rarest-first",
        summary: "fewest copies among the neighbours, ties by lot",
        reference: "Cohen 2003, section 3.2; Legout, Urvoy-Keller, Michiardi 2006",
        needs: "",
    },
    Alternative { name: "sequential", summary: "by index, as a player would", reference: "", needs: "" },
];

/// Clients with a profile: a preset of keys, each with its source, in `scenario`.
pub const CLIENTS: &[Alternative] = &[
    Alternative {
        name: "bindal-2006",
        summary: "the simulated client of the study of biased neighbour selection: 4 + 1 slots, rounds of 10 s, 35 neighbours",
        reference: "Bindal, Cao, Chan, Medved, Suwala, Bates, Zhang 2006",
        needs: "",
    },
    Alternative {
        name: "libtorrent-2",
        summary: "libtorrent 2.0 over TCP: 7 + 1 slots, rounds of 15 s, pieces chosen ahead, unequal TCP shares",
        reference: "libtorrent 2.0.8, `settings_pack.cpp` and the files that each value names; docs/validation.md",
        needs: "",
    },
    Alternative {
        name: "mainline",
        summary: "the original client: 3 + 1 slots, rounds of 10 s, everybody joins pieces under way",
        reference: "Cohen 2003; BEP 3; BitTorrent 3, `download.py`, `Choker.py`, `PiecePicker.py`",
        needs: "",
    },
];
