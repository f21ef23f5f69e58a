/**
 * Which phase of the compiler an activity of the self-profiler belongs to. A query is counted where a rustc developer
 * would look for it (the compiler's own crates, rustc-dev-guide "Overview of the compiler"), not where it was called from:
 * the profiler's self time has no caller. Written from the 543 labels of rustc 1.95 that 34 crates (syn, tokio,
 * regex-automata, serde and what they need, dev and release) left, and what rustc 1.97 renamed. What is not here is `other`, and shown.
 */
export type PhaseName =
  | 'parse and expand'
  | 'name resolution'
  | 'type check'
  | 'borrow check'
  | 'lints and checks'
  | 'MIR'
  | 'monomorphisation'
  | 'LLVM IR'
  | 'LLVM'
  | 'link'
  | 'metadata'
  | 'incremental'
  | 'profiler'
  | 'waiting'
  | 'other';

interface Phase {
  readonly name: PhaseName;
  /** Which crates of the compiler it is, or why it stands alone. */
  readonly reason: string;
  readonly labels: string;
  readonly prefixes?: readonly string[];
}

/** In the order in which a compiler does them. A label's own entry goes before a prefix. */
export const phases: readonly Phase[] = [
  {
    name: 'parse and expand',
    reason: 'rustc_parse, rustc_expand, the macros of rustc_builtin_macros, and procedural macros',
    labels: `parse_crate expand_crate macro_expand_crate crate_injection pre_AST_expansion_lint_checks AST_validation
      maybe_building_test_harness maybe_create_a_macro_crate metadata_load_macro complete_gated_feature_checking
      looking_for_derive_registrar early_lint_checks hir_crate resolver_for_lowering_raw drop_ast
      check_unused_macros expand_proc_macro expand_derive_proc_macro_outer expn_that_defined hir_attr_map
      hir_crate_items hir_module_items opt_hir_owner_nodes local_def_id_to_hir_id opt_ast_lowering_delayed_lints
      emit_ast_lowering_delayed_lints`,
    prefixes: ['expand_', 'parse_'],
  },
  {
    name: 'name resolution',
    reason: 'rustc_resolve',
    labels: `resolve_crate late_resolve_crate finalize_imports finalize_macro_resolutions resolve_postprocess
      resolve_check_unused resolve_report_errors resolve_main compute_effective_visibilities effective_visibilities
      resolve_bound_vars named_variable_map late_bound_vars_map is_late_bound_map object_lifetime_default resolutions
      visible_parent_map in_scope_traits_map metadata_register_crate looking_for_entry_point entry_fn`,
    prefixes: ['resolve_'],
  },
  {
    name: 'type check',
    reason: 'rustc_hir_analysis, rustc_hir_typeck and the trait solver',
    labels: `typeck typeck_root type_check_crate check_well_formed check_type_wf evaluate_obligation coherent_trait specialization_graph_of
      compare_impl_item coherence_checking crate_inherent_impls crate_inherent_impls_overlap_check
      crate_incoherent_impls orphan_check_impl explicit_predicates_of predicates_of fn_sig generics_of type_of param_env
      implied_outlives_bounds assumed_wf_types method_autoderef_steps normalize_canonicalized_projection
      impl_trait_header impl_parent trait_impls_of associated_item associated_items associated_item_def_ids
      crate_variances variances_of adt_def adt_sizedness_constraint is_copy_raw is_freeze_raw is_sized_raw
      is_unpin_raw is_unsafe_unpin_raw inferred_outlives_of inferred_outlives_crate impl_super_outlives
      opaque_types_defined_by nested_bodies_within check_coroutine_obligations check_transmutes region_scope_tree
      type_param_predicates trait_def specializes incoherent_impls inherent_impls closure_typeinfo
      explicit_item_bounds explicit_item_self_bounds item_bounds item_self_bounds impl_item_implementor_ids
      implementations_of_trait dyn_compatibility_violations representability representability_adt_ty params_in_repr
      instantiate_and_check_impossible_predicates constness defaultness asyncness
      const_conditions explicit_super_predicates_of explicit_implied_predicates_of typing_env_normalized_for_post_analysis
      enforce_impl_non_lifetime_params_are_constrained impl_self_is_guaranteed_unsized used_trait_imports
      associated_types_for_impl_traits_in_trait_or_impl upvars_mentioned local_trait_impls all_local_trait_impls
      inhabited_predicate_adt inhabited_predicate_type generics_require_sized_self`,
  },
  {
    name: 'borrow check',
    reason: 'rustc_borrowck and the type operations that it asks the trait solver for',
    labels: `mir_borrowck MIR_borrow_checking dropck_outlives adt_dtorck_constraint mir_promoted
      closure_saved_names_of_captured_variables`,
    prefixes: ['type_op_'],
  },
  {
    name: 'lints and checks',
    reason: 'rustc_lint, rustc_privacy, rustc_passes and the checks of patterns and of unsafe code',
    labels: `lint_mod lint_checking module_lints crate_lints check_mod_privacy check_private_in_public
      privacy_checking_modules check_mod_attrs check_mod_unstable_api_usage check_mod_deathness
      live_symbols_and_ignored_derived_traits check_liveness check_match check_unsafety check_tail_calls
      shallow_lint_levels_on lints_that_dont_need_to_run lint_expectations check_lint_expectations misc_checking_1
      misc_checking_3 unused_lib_feature_checking lookup_stability lookup_deprecation_entry
      check_unused_traits lint_reexports clashing_extern_declarations diagnostic_items all_diagnostic_items
      get_lang_items layout_testing abi_testing check_externally_implementable_items is_doc_hidden`,
    prefixes: ['lint_'],
  },
  {
    name: 'MIR',
    reason: 'rustc_mir_build, rustc_mir_transform, and the constants that rustc_const_eval evaluates',
    labels: `mir_built thir_body optimized_mir mir_drops_elaborated_and_const_checked promoted_mir mir_for_ctfe mir_const_qualif
      mir_callgraph_cyclic mir_inliner_callees mir_shims mir_coroutine_witnesses mir_keys thir_abstract_const
      trivial_const is_mir_available has_ffi_unwind_calls cross_crate_inlinable deduced_param_attrs eval_to_allocation_raw
      eval_to_const_value_raw eval_static_initializer eval_to_valtree valtree_to_const_val lit_to_const
      required_panic_strategy coroutine_kind`,
    prefixes: ['mir_'],
  },
  {
    name: 'monomorphisation',
    reason: 'rustc_monomorphize, and what instances resolve to',
    labels: `monomorphization_collector monomorphization_collector_graph_walk monomorphization_collector_root_collections
      items_of_instance check_mono_item collect_and_partition_mono_items partition_and_assert_distinct_symbols
      assert_symbols_are_distinct size_estimate resolve_instance_raw codegen_select_candidate
      try_normalize_generic_arg_after_erasing_regions needs_drop_raw adt_drop_tys upstream_monomorphizations
      upstream_monomorphizations_for upstream_drop_glue_for vtable_entries own_existential_vtable_entries
      first_method_vtable_slot is_codegened_item erase_and_anonymize_regions_ty is_async_drop_raw`,
    prefixes: ['cgu_partitioning'],
  },
  {
    name: 'LLVM IR',
    reason:
      'rustc_codegen_ssa and rustc_codegen_llvm: MIR to LLVM IR, with the layouts and names that it needs',
    labels: `codegen_module layout_of fn_abi_of_instance fn_abi_of_instance_no_deduced_attrs fn_abi_of_fn_ptr symbol_name codegen_fn_attrs vtable_allocation
      compute_debuginfo_type_name codegen_unit debugger_visualizers sanitizer_settings_for find_cgu_reuse
      write_allocator_module is_reachable_non_generic inherited_align should_inherit_track_caller intrinsic_raw`,
  },
  {
    name: 'LLVM',
    reason: 'LLVM itself: optimisation, LTO and emitting machine code, on threads of its own',
    labels: `codegen_module_optimize codegen_module_perform_lto target_machine_factory target_machine_factory_inner
      codegen_thin_generate_lto_work lto_generate_symbols_below_threshold LLVM_module_codegen`,
    prefixes: ['LLVM_'],
  },
  {
    name: 'link',
    reason: 'the linker, and packing of libraries',
    labels: 'run_linker link link_crate link_binary link_rlib',
    prefixes: ['link_'],
  },
  {
    name: 'metadata',
    reason: 'rustc_metadata: reading that of dependencies and writing the own',
    labels: `generate_crate_metadata write_crate_metadata write_dep_info reachable_set reachable_non_generics exported_generic_symbols
      exported_non_generic_symbols crate_hash crate_host_hash module_children attrs_for_def`,
    prefixes: ['metadata_decode_entry_'],
  },
  {
    name: 'incremental',
    reason: 'the dependency graph and the cache of query results (rustc_incremental)',
    labels: `serialize_dep_graph serialize_work_products drop_dep_graph encode_query_results
      copy_all_cgu_workproducts_to_incr_comp_cache_dir assert_dep_graph`,
    prefixes: ['incr_comp_', 'encode_query_results_for'],
  },
  {
    name: 'profiler',
    reason: 'what the self-profiler itself takes to write names down, when the crate is compiled',
    labels: 'self_profile_alloc_query_strings',
  },
  {
    name: 'waiting',
    reason:
      'the main thread and the coordinator of code generation wait for the threads that run LLVM: work that is counted there',
    // LLVM_passes and LLVM_thinlto span all of those threads' work; codegen_crate's own time is waiting to give them more.
    labels: 'LLVM_passes LLVM_thinlto finish_ongoing_codegen codegen_crate join_worker_thread',
  },
];

const phaseByLabel = new Map<string, PhaseName>(
  phases.flatMap(({ name, labels }) => labels.split(/\s+/).map(label => [label, name] as const)),
);
const phaseByPrefix = phases.flatMap(({ name, prefixes = [] }) =>
  prefixes.map(prefix => [prefix, name] as const),
);

export function phaseOf(label: string): PhaseName {
  const known = phaseByLabel.get(label);
  if (known !== undefined) return known;
  return phaseByPrefix.find(([prefix]) => label.startsWith(prefix))?.[1] ?? 'other';
}

/** Waiting is counted where the work is; what the profiler takes, no build without it takes. */
export function isWork(phase: PhaseName): boolean {
  return phase !== 'waiting' && phase !== 'profiler';
}
