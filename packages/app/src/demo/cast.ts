/** The system that the demo's agents take apart: a data availability network in Go, Rust and Solidity. */
export type Part = { readonly name: string; readonly path: string; readonly about: string };

const part = (name: string, path: string, about: string): Part => ({ name, path, about });

/** Libraries that depend on no other of the repository: analysed all at once. */
export const DEPTH_0: readonly Part[] = [
  part('encoding', 'encoding', 'Reed-Solomon and KZG interfaces shared by prover and verifier'),
  part('crypto-bn254', 'crypto/ecc/bn254', 'BLS signatures and pairings over BN254'),
  part('common', 'common', 'clients, rate limiting, and key-value helpers'),
  part('logging', 'common/logging', 'structured logging with request ids'),
  part('proto', 'api/proto', 'protobuf messages and generated gRPC stubs'),
  part('config', 'common/config', 'flags, environment, and defaults in one place'),
  part('metrics', 'common/metrics', 'Prometheus registries and gRPC interceptors'),
  part('contracts-bindings', 'contracts/bindings', 'Go bindings of the on-chain contracts'),
  part('rust-primitives', 'rust/crates/primitives', 'blob headers and commitments in Rust'),
];

/** Libraries that build on the ones before them: each needs the analysis of its predecessor. */
export const DEPTH_N: readonly Part[] = [
  part('kzg', 'encoding/kzg', 'polynomial commitments, proofs, and their batch verification'),
  part('rs-encoder', 'encoding/rs', 'systematic Reed-Solomon encoding of blobs'),
  part('core', 'core', 'quorums, assignments, and attestation data types'),
  part('core-eth', 'core/eth', 'reader and writer of operator state on chain'),
  part('core-auth', 'core/auth', 'request authentication and payment signatures'),
  part('meterer', 'core/meterer', 'reservations and on-demand payments'),
  part('indexer', 'indexer', 'follows chain heads and rebuilds operator state'),
  part('thegraph', 'core/thegraph', 'operator state from a subgraph, with fallback'),
  part('blobstore', 'disperser/common/blobstore', 'blob metadata and bodies in object storage'),
  part('chunkstore', 'relay/chunkstore', 'encoded chunks and their coefficients'),
  part('node-client', 'api/clients/v2/validator', 'retrieves and verifies chunks from operators'),
  part('relay-client', 'api/clients/v2/relay', 'reads blobs and chunks from relays, signed'),
  part(
    'payload-disperser',
    'api/clients/v2/payloaddispersal',
    'payload to blob, dispersal, and certificates',
  ),
  part('cert-verifier', 'api/clients/v2/verification', 'checks certificates against the contract'),
  part('ejection', 'operators/ejector', 'rates operators and ejects the unresponsive'),
];

/** Programs built from the libraries: analysed all at once again. */
export const APPLICATIONS: readonly Part[] = [
  part('disperser-apiserver', 'disperser/cmd/apiserver', 'accepts blobs, authenticates and meters them'),
  part('batcher', 'disperser/cmd/batcher', 'builds batches, collects signatures, confirms on chain'),
  part('encoder', 'disperser/cmd/encoder', 'computes chunks and proofs on CPU or GPU'),
  part('controller', 'disperser/cmd/controller', 'moves blobs through encoding and dispersal'),
  part('dataapi', 'disperser/cmd/dataapi', 'metrics and blob feed over REST'),
  part('node', 'node/cmd', 'stores chunks, validates and signs batches'),
  part('relay', 'relay/cmd', 'serves blobs and chunks with bandwidth limits'),
  part('churner', 'operators/churner/cmd', 'approves operators when a quorum is full'),
  part('retriever', 'retriever/cmd', 'reassembles blobs from operators'),
  part('traffic-generator', 'tools/traffic/cmd', 'loads a network with blobs and reads them back'),
];

export const SYNTHESIZER = part(
  'architecture-documenter',
  'docs',
  'one architecture document from all analyses',
);

/** Whose model call fails for good, and whose analysis meets a defect. */
export const RATE_LIMITED = 'churner';
export const DEFECTIVE = 'contracts-bindings';
/** Whose tool hangs for a while. */
export const STALLING = 'traffic-generator';
