import { grpcLink } from './grpc.ts';
import { httpLink } from './http.ts';
import type { Link } from './link.ts';
import type { Patience } from './patience.ts';
import type { OtlpTarget, Signal } from './settings.ts';

/**
 * The way to this target, by its protocol. Opens nothing before the first request.
 * @throws for a URL or a certificate that cannot be read.
 */
export function createLink(signal: Signal, target: OtlpTarget, patience: Patience): Link {
  return (target.protocol === 'grpc' ? grpcLink : httpLink)(signal, target, patience);
}
