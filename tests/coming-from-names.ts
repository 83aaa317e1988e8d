/** What the five documents name that Tacho followed: classes, scripts, files, fields, options and variables; example values are none. */
export const NAMES: Readonly<Record<string, string>> = {
  'A harness with RunTrace': `
    RunTrace span log_usage name_thread logger.py inspect_run.py analytics.py runs.jsonl RunRecord traces traceEvents ph ts dur pid tid
    run_id session_id timestamp task task_type producer_model evaluator_model active_skills tokens_by_stage wiggum_scores wiggum_rounds final_score
    wiggum_r1_score final output_path output_bytes output_lines criteria_results criterion_id criteria_rate novelty_scores search_rounds leverage runtime_s
    tac_hours quality_norm quality_normalized tac_s TAC_seconds energy_cost infer_cost hourly_rate cost_s cost_seconds runtime_seconds runtime_hours dims_dict
    HARNESS_ENERGY_COST_PER_RUN HARNESS_INFERENCE_COST_PER_RUN HARNESS_HOURLY_RATE depth_over_time need_revision
  `,
  'An orchestrator with telemetry.jsonl': `
    telemetry.jsonl span_start span_end phase libraries span_id parent component kind ts status duration_ms tokens tool_uses wall_ms
    observability/session_profiler.html live_monitor.sh serve_logs.py /events WebSocket tool_calls.jsonl transcript.txt logs/latest/run_summary.json run_id
    source_repo source_commit total_wall_ms phases discovery library_depth_0 library_depth_n application_analysis synthesis agents totals agents_spawned
    total_tokens total_tool_uses analyses_written
  `,
  'A benchmark with run manifests': `
    NeMoTraceParser NeMoMetricsExtractor ManifestWriter MetricsCollector ClaudeOutputParser EnterpriseMetricsCollector ToolUsage HarborAgent
    extract_from_task_execution write_manifest calculate_cost load_manifests extract_metrics generate_report write_report print_report detect_regression
    process_trajectory on_event finalize save_metrics realtime task_metadata harness_name agent_name benchmark_name nemo_trace threshold_percent token_usage
    runners/extract_nemo_traces.py runners/collect_observability.py runners/aggregator.py runners/compare_results.py harbor_benchmark.sh
    src/metrics/enterprise_collector.py scripts/collect_metrics.py scripts/extract_enterprise_metrics.py schemas/enterprise_metrics_schema.json
    tests/test_observability.py logs/nemo/trace.json logs/trace.json logs/agent/claude.txt logs/agent/stdout.log logs/agent/output.json logs/agent.txt
    logs/stdout.txt result.json run_manifest.json timestamp harness name version framework execution agent benchmark job_dir tool_profile tool_usage tool_name
    category invocation_count success_count failure_count avg_duration_sec input_tokens output_tokens total_tool_invocations total_unique_tools
    search_queries_count file_operations_count total_input_tokens total_output_tokens total_tokens result task_id task_name success reward duration_sec
    patch_size_bytes files_changed error_type error_message tokens cost_usd retrieval_metrics total_searches total_file_ops tools_used tool_diversity
    workflow_name start_time end_time tool_calls invocation_id nemo_metrics total_duration_sec tool_call_count failed_tool_calls failure_rate
    failure_rate_percent tool_call_count_by_tool tool_latency_by_tool failure_analysis total_failures failures_by_type failures_by_tool failure_rate_by_tool
    sourcegraph_deep_search git_operations code_search file_operation code_generation verification overall total successful success_rate median_duration_sec
    avg_patch_size_bytes avg_files_changed avg_reward max_reward errors per_agent per_benchmark task_consistency runs consistent total_metrics regressions
    improvements metric baseline treatment delta_percent baseline_stats treatment_stats baseline_metrics treatment_metrics metadata time_allocation navigation
    build_test comprehension implementation context_switching quality_indicators agent_type total_duration total_events total_input total_output
    comprehension_pct navigation_pct implementation_pct baseline_comparison comprehension_gap navigation_gap navigation_efficiency file_reads file_writes
    unique_files_read unique_files_written reread_ratio mcp_searches tool_timeline file_switches rapid_switches thrashing_detected cycles_to_success sg_*
    docs/ENTERPRISE_CODEBASES.md docs/EXPERIMENT_PLAN.md docs/ARCHITECTURE.md
  `,
  'A harness trace of nested spans': `
    trace_id spans span_id name start_time end_time children inputs outputs metadata events usage_metadata total_tokens estimated_cost reasoning
    perspective_count tradeoffs DojoPacket
  `,
  'A pipeline with instrumentation.json': `
    driver.py --recipe --instrument --instrument-config --price-table --mock --force instrumentation enabled price_table include_calls INSTRUMENT_SINK
    INSTRUMENT_STAGE RUN_ID log_llm_usage model prompt_tokens completion_tokens cached provider request_ms request_id cost modules/common/utils.py
    instrumentation_calls.jsonl instrumentation.json instrumentation.md LLMCallUsage StageInstrumentation RunInstrumentation instrumentation_call_v1
    instrumentation_run_v1 SCHEMA_MAP schemas.py validate_artifact.py ProgressLogger run_id recipe_name recipe_path started_at ended_at wall_seconds
    cpu_user_seconds cpu_system_seconds stages totals calls per_model pricing source models env python_version platform id stage module_id status artifact
    schema_version schema_version_output llm llm_calls llm_totals extra stage_id total_cost start_wall start_ru perf_counter getrusage RUSAGE_CHILDREN
    instrument_sink run_dir prompt_per_1k completion_per_1k currency default prompt_per_tok completion_per_tok configs/pricing.default.yaml output/runs
    run_manifest.jsonl run_manifest_cleaned.jsonl created_at pipeline_state.json updated_at runMeta userSelectedRun tests/test_instrumentation_schema.py
    docs/requirements.md
  `,
};
