//! The KDL reader, judged by the language's own suite, by another implementation and by generated input.

mod agree;
mod canonical;
mod mistakes;
mod robust;
mod suite;
