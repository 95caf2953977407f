/** The template language as bundle and snapshot use it: the one compiler, with its problems in their words. */
import type { CheckSignature, OwnFields } from '../bundle/templates.ts';
import { failed, type Result } from '../problem.ts';
import { type CompiledSignature, type CompileTools, compileSignature } from '../signature/compile.ts';
import type { Signature } from '../signature/signature.ts';

type Tools = Pick<CompileTools, 'inlineCss'>;

export type Compiler = {
  readonly compile: (signature: Signature, known: OwnFields) => Result<CompiledSignature>;
  readonly check: CheckSignature;
};

export function createCompiler(tools: Tools = {}): Compiler {
  return {
    compile(signature, known) {
      const result = compileSignature(signature, { ...tools, ...known });
      if (result.kind === 'ok') return { kind: 'ok', value: result.value };
      const [first] = result.problems;
      return failed(
        'SIGNET_SIGNATURE_INVALID',
        `signature "${signature.name}": ${first?.sentence ?? 'it cannot be used'}`,
      );
    },
    check(signature, known) {
      const result = compileSignature(signature, { ...tools, ...known });
      if (result.kind === 'ok') return [];
      return result.problems.map(({ sentence, suggestion, ...place }) => ({
        ...place,
        sentence: suggestion === undefined ? sentence : `${sentence} Did you mean ${suggestion}?`,
      }));
    },
  };
}
