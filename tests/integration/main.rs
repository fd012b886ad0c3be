//! Tests of the whole: through the binary, through the library, and of the source tree.

// mod cli;
mod source_tree;
