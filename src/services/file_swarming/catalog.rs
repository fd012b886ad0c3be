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
