import { loopsBackend } from '../../lib/backend/loops.ts';
import { conformance } from './conformance.ts';

conformance(loopsBackend);
