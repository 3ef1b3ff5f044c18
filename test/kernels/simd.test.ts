import { simdBackend } from '../../lib/backend/simd.ts';
import { conformance } from './conformance.ts';

conformance(simdBackend);
