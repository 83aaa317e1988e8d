/** The HTTP API as data: tests hold it against the routes that exist, docs/http-api.md is held against it. */
type Parameter = { name: string; in: 'path' | 'query' | 'header'; description: string; number?: true };
type Endpoint = {
  method: 'get' | 'post' | 'delete';
  path: string;
  summary: string;
  parameters?: readonly Parameter[];
  body?: string;
  answer: string;
  status?: number;
};

const runId: Parameter = { name: 'runId', in: 'path', description: 'The id of the run.' };
const query = (name: string, description: string): Parameter => ({ name, in: 'query', description });
const amount = (name: string, description: string): Parameter => ({
  name,
  in: 'query',
  description,
  number: true,
});

/** The filters of the run list. */
const RUN_FILTERS: readonly Parameter[] = [
  query('search', 'Words in names, tasks, ids, labels or contents.'),
  query('contents', 'true: search in inputs, outputs, attributes and errors of spans as well. Slower.'),
  query('session', 'Only runs of this session.'),
  query('project', 'Only runs of this project.'),
  query('taskType', 'Only this task type.'),
  query('status', 'running, ok, error or interrupted.'),
  query('agent', 'Only runs of this agent.'),
  query('model', 'Only runs that used this model.'),
  query('label', 'Only runs with this label, as key=value.'),
  amount('minScore', 'Only runs with at least this final score.'),
  amount('maxScore', 'Only runs with at most this final score.'),
  amount('fromUs', 'Only runs that started at or after this time (µs since the epoch).'),
  amount('toUs', 'Only runs that started before this time (µs since the epoch).'),
];

export const ENDPOINTS: readonly Endpoint[] = [
  {
    method: 'get',
    path: '/api/health',
    summary: 'Who answers here, what it watches, and whether its store can be written.',
    answer: 'application/json',
  },
  {
    method: 'get',
    path: '/api/runs',
    summary: 'Runs, newest first unless sorted otherwise, in pages.',
    parameters: [
      ...RUN_FILTERS,
      query('sort', 'Column to sort by.'),
      query('descending', 'true or false.'),
      amount('limit', 'Runs a page, at most 1000.'),
      query('cursor', 'The `next` of the page before, with the same sort and direction; any other is a 400.'),
    ],
    answer: 'application/json',
  },
  {
    method: 'get',
    path: '/api/runs/{runId}',
    summary: 'One run: its header and what was counted of its spans.',
    parameters: [runId],
    answer: 'application/json',
  },
  {
    method: 'delete',
    path: '/api/runs/{runId}',
    summary: 'Deletes a run with all its spans.',
    parameters: [runId],
    answer: '',
    status: 204,
  },
  {
    method: 'get',
    path: '/api/runs/{runId}/structure',
    summary: 'All spans of a run as columns, without payloads. The layout is described in docs/http-api.md.',
    parameters: [runId],
    answer: 'application/octet-stream',
  },
  {
    method: 'get',
    path: '/api/runs/{runId}/spans/{no}',
    summary: 'One span with inputs, outputs, attributes and events.',
    parameters: [
      runId,
      { name: 'no', in: 'path', description: 'The number of the span in its run.' },
      query('full', '1 for the whole of long texts; without it they are cut at 20 000 characters.'),
    ],
    answer: 'application/json',
  },
  {
    method: 'get',
    path: '/api/runs/{runId}/report',
    summary: 'The figures of a run: stages, agents, tools, models, cost, scores, data quality.',
    parameters: [runId],
    answer: 'application/json',
  },
  {
    method: 'get',
    path: '/api/runs/{runId}/explain',
    summary: 'Which calls make up the tokens and the cost of a run, which do not count, and why.',
    parameters: [runId, query('spans', 'false: without the single spans.')],
    answer: 'application/json',
  },
  {
    method: 'get',
    path: '/api/runs/{runId}/activity',
    summary:
      'What the agents of a run did with code: phases, files, tests, edits, errors, and what it means.',
    parameters: [runId, query('timelines', 'false: without the lists of single calls.')],
    answer: 'application/json',
  },
  {
    method: 'get',
    path: '/api/runs/{runId}/breakdown',
    summary:
      'A run by stage, agent, tool and model: time, calls, errors, tokens by bucket, cost, time in line, first token; CPU and memory of stages.',
    parameters: [runId],
    answer: 'application/json',
  },
  {
    method: 'get',
    path: '/api/runs/{runId}/tools',
    summary:
      'The tools of a run by category and one by one: calls, success, percentiles of time, tokens, bytes; searches and file operations; failures by type and by tool.',
    parameters: [runId],
    answer: 'application/json',
  },
  {
    method: 'get',
    path: '/api/runs/{runId}/decisions',
    summary: 'What was decided in a run, and why: the way from the question to the result.',
    parameters: [runId],
    answer: 'application/json',
  },
  {
    method: 'get',
    path: '/api/runs/{runId}/path',
    summary: 'The critical path of a run, what shortening work would save, and what more workers would.',
    parameters: [
      runId,
      query('what', 'Spans that would be faster: tool:NAME, model:, kind:, agent:, stage:, span:ID.'),
      query('factor', 'With what: the part of their time that is left, 0 to 1; 0 without it.'),
      query('spans', 'false: without time on the path and slack of the single spans.'),
    ],
    answer: 'application/json',
  },
  {
    method: 'get',
    path: '/api/diff',
    summary:
      'Two runs beside each other: what one has that the other has not, what changed, where they part.',
    parameters: [
      query('left', 'The id of a run.'),
      query('right', 'The id of another run.'),
      query('tree', 'true: with the two trees laid on each other, a line for every step of either run.'),
    ],
    answer: 'application/json',
  },
  {
    method: 'get',
    path: '/api/diff/outcomes',
    summary: 'Steps that failing runs have and passing ones do not.',
    parameters: [query('runs', 'Which runs: session=NAME, agent=NAME, LABEL=VALUE. All without it.')],
    answer: 'application/json',
  },
  {
    method: 'get',
    path: '/api/runs/{runId}/watch',
    summary: 'What a run is doing now: open work and how long it is silent, calls that repeat.',
    parameters: [runId],
    answer: 'application/json',
  },
  {
    method: 'get',
    path: '/api/usual',
    summary: 'How long finished calls took in the newest runs, by kind, tool and model.',
    answer: 'application/json',
  },
  {
    method: 'get',
    path: '/api/sessions',
    summary: 'Sessions, newest first: what their runs came to together. Takes the filters of the run list.',
    parameters: [query('limit', 'So many sessions; 50 without it, 1000 at most.')],
    answer: 'application/json',
  },
  {
    method: 'get',
    path: '/api/search',
    summary:
      'Where a text occurs: in names, tasks and labels of runs, and in names, errors, inputs, outputs and attributes of spans.',
    parameters: [
      query('text', 'What to look for, in any case.'),
      query('limit', 'So many places; 50 without it, 1000 at most.'),
    ],
    answer: 'application/json',
  },
  {
    method: 'post',
    path: '/api/query',
    summary: 'SQL over the documented views, which can only read: {sql, limit, timeoutMs}.',
    body: 'application/json',
    answer: 'application/json',
  },
  {
    method: 'post',
    path: '/api/runs/{runId}/reprice',
    summary: 'Prices a run anew: at the prices in force, or with the table that is sent along.',
    parameters: [runId],
    body: 'application/json',
    answer: 'application/json',
  },
  {
    method: 'get',
    path: '/api/runs/{runId}/export',
    summary: 'The run in another format.',
    parameters: [runId, query('format', 'Name of a format that can be written.')],
    answer: 'text/plain',
  },
  {
    method: 'get',
    path: '/api/compare',
    summary: 'Two sets of runs compared: a verdict and a sentence for each metric, with its figures.',
    parameters: [
      query(
        'baseline',
        'Which runs: session=NAME, agent=NAME, LABEL=VALUE …, several with commas, or a word.',
      ),
      query('treatment', 'The same for the other side.'),
      query('pairBy', 'task (default), name, none, or the name of a label.'),
      amount('successAt', 'Success is a final score of at least this.'),
      query(
        'infrastructure',
        'A word in the types of errors that are missing runs, not failures. Repeatable.',
      ),
      query('missingAsFailure', 'true: infrastructure errors and missing judgements count as failures.'),
      amount('threshold', 'Percent beyond which the threshold report tells of a change (10).'),
      amount('seed', 'Of what is drawn by chance (1).'),
    ],
    answer: 'application/json',
  },
  {
    method: 'get',
    path: '/api/report',
    summary: 'What many runs come to: overall, by agent, benchmark, task type and model; trends.',
    parameters: [
      ...RUN_FILTERS,
      amount('successAt', 'Success is a final score of at least this.'),
      query(
        'infrastructure',
        'A word in the types of errors that are missing runs, not failures. Repeatable.',
      ),
      query('missingAsFailure', 'true: infrastructure errors and missing judgements count as failures.'),
      query('full', 'true: with every run.'),
    ],
    answer: 'application/json',
  },
  {
    method: 'get',
    path: '/api/tools',
    summary:
      'What many runs made of each tool: its category, calls, errors, median, 95th percentile and longest time.',
    parameters: [...RUN_FILTERS, amount('limit', 'So many tools; 200 without it, 1000 at most.')],
    answer: 'application/json',
  },
  {
    method: 'get',
    path: '/api/offers',
    summary: 'Sessions of other tools found on this machine.',
    answer: 'application/json',
  },
  {
    method: 'post',
    path: '/api/offers/{id}',
    summary: 'Imports what was offered; runs appear as they are read.',
    parameters: [{ name: 'id', in: 'path', description: 'The id of the offer.' }],
    body: 'application/json',
    answer: 'application/json',
    status: 202,
  },
  {
    method: 'get',
    path: '/api/sources',
    summary: 'How far each file has been read.',
    answer: 'application/json',
  },
  {
    method: 'post',
    path: '/api/sources',
    summary: 'What an importer knows of a source: how far it was read, that it ended, what was refused.',
    body: 'application/json',
    answer: 'application/json',
  },
  {
    method: 'get',
    path: '/api/quarantine',
    summary: 'Lines that could not be read, newest first, with the reason.',
    parameters: [amount('limit', 'Lines to answer with, at most 1000.')],
    answer: 'application/json',
  },
  {
    method: 'post',
    path: '/v1/telemetry',
    summary: 'Records of the stream, one JSON object a line, plain or gzip. Answered when they are on disk.',
    parameters: [
      query('run', 'The run of records that name none.'),
      {
        name: 'tacho-source',
        in: 'header',
        description: 'Where the records are from: URL-encoded JSON {format, uri}.',
      },
    ],
    body: 'application/x-ndjson',
    answer: 'application/json',
  },
  {
    method: 'post',
    path: '/v1/traces',
    summary:
      'OTLP over HTTP: an ExportTraceServiceRequest in protobuf or JSON, plain or gzip. Answered when it is on disk.',
    body: 'application/x-protobuf',
    answer: 'application/x-protobuf',
  },
  {
    method: 'post',
    path: '/v1/logs',
    summary:
      'OTLP over HTTP: the events of model calls in an ExportLogsServiceRequest; of other logs it says so.',
    body: 'application/x-protobuf',
    answer: 'application/x-protobuf',
  },
  {
    method: 'post',
    path: '/v1/metrics',
    summary:
      'OTLP over HTTP: takes no metrics, and answers so that a client neither fails nor sends them again.',
    body: 'application/x-protobuf',
    answer: 'application/x-protobuf',
  },
  {
    method: 'get',
    path: '/events',
    summary: 'Server-sent events: what becomes known, as it becomes known. Resumable by Last-Event-ID.',
    parameters: [
      query('run', 'Run whose spans are wanted; may be repeated.'),
      query('after', 'Id after which to begin, as Last-Event-ID.'),
      { name: 'last-event-id', in: 'header', description: 'Id of the last message that was seen.' },
    ],
    answer: 'text/event-stream',
  },
  { method: 'get', path: '/openapi.json', summary: 'This description.', answer: 'application/json' },
];

/** The API in OpenAPI 3.1. */
export function openApi(version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const endpoint of ENDPOINTS) {
    paths[endpoint.path] ??= {};
    paths[endpoint.path]![endpoint.method] = {
      summary: endpoint.summary,
      ...(endpoint.parameters && {
        parameters: endpoint.parameters.map(({ number, ...parameter }) => ({
          ...parameter,
          ...(parameter.in === 'path' && { required: true }),
          schema: { type: number ? 'number' : 'string' },
        })),
      }),
      ...(endpoint.body && { requestBody: { content: { [endpoint.body]: {} } } }),
      responses: {
        [endpoint.status ?? 200]: {
          description: 'Done.',
          ...(endpoint.answer && { content: { [endpoint.answer]: {} } }),
        },
        default: {
          description: 'What went wrong.',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
        },
      },
    };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Tacho', version, license: { name: 'MIT' } },
    paths,
    components: {
      schemas: {
        Error: {
          type: 'object',
          required: ['error'],
          properties: {
            error: {
              type: 'object',
              required: ['code', 'message'],
              properties: { code: { type: 'string' }, message: { type: 'string' }, hint: { type: 'string' } },
            },
          },
        },
      },
    },
  };
}
