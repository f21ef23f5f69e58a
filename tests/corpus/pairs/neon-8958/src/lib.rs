//! The trait by which a protocol's server calls its owner was boxed for `dyn` by `async_trait`, and was only ever used as
//! a type parameter: an allocation for each query. The repair writes the method with `impl Future`.

pub mod buggy;
pub mod fixed;
