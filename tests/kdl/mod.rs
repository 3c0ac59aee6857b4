//! The KDL reader, judged by the language's own suite, by another implementation and by generated input.

mod canonical;
mod robust;
mod suite;
