import { Metadata, ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js';
import type { Admission } from '../admission.ts';
import { HttpProblem } from '../api-error.ts';
import { bearsToken } from '../security.ts';
import { grpcStatus } from './grpc-status.ts';

/** Room that a call takes while its message is on its way: how large it is shows only when gRPC has all of it. */
const ON_THE_WAY = 4 * 1024 * 1024;

/** Turns calls away before their message is read: without the token, and while there is no room for more. */
export function grpcDoor(admission: Admission, token: string | undefined): ServerInterceptor {
  return (_method, call) => {
    let held = 0;
    const release = (): void => {
      admission.release(held);
      held = 0;
    };
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata(metadata, goOn) {
            try {
              checkToken(metadata, token);
              admission.hold(ON_THE_WAY);
              held = ON_THE_WAY;
              goOn(metadata);
            } catch (problem) {
              call.sendStatus(grpcStatus(problem, new Metadata()));
            }
          },
          onReceiveMessage(message, goOn) {
            release();
            goOn(message);
          },
          // Whatever became of the call, this is called when its stream is closed.
          onCancel: release,
        }),
    });
  };
}

function checkToken(metadata: Metadata, token: string | undefined): void {
  const [authorization] = metadata.get('authorization');
  if (token === undefined || bearsToken(authorization?.toString(), token)) return;
  throw new HttpProblem(
    401,
    'token',
    'This Tacho asks for its token: send it as OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer TOKEN".',
  );
}
