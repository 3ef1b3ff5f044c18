"""Golden cases: which operation, its inputs as formulas (inputs.py), its options, and what a peer computed from them."""
import json

import numpy as np

import inputs


class Case:
    def __init__(self, source, op, name, options):
        self.tag = f'{source}/{op} {name}'
        self.record = {'op': op, 'name': name, 'options': options, 'inputs': {}, 'outputs': {}}

    def uniform(self, name, shape, scale=2, offset=0, bits=24):
        shape = [int(size) for size in shape]
        self.record['inputs'][name] = {'kind': 'uniform', 'shape': shape, 'scale': scale, 'offset': offset, 'bits': bits}
        return inputs.uniform(f'{self.tag}/{name}', shape, scale, offset, bits)

    def labels(self, name, rows, classes):
        self.record['inputs'][name] = {'kind': 'labels', 'shape': [rows], 'classes': classes}
        return inputs.labels(f'{self.tag}/{name}', rows, classes)

    def soft_targets(self, name, rows, classes):
        self.record['inputs'][name] = {'kind': 'soft', 'shape': [rows, classes]}
        return inputs.soft_targets(f'{self.tag}/{name}', rows, classes)

    def outputs(self, **arrays):
        """Row-major, to 8 significant digits: a tenth of float32's rounding."""
        for name, array in arrays.items():
            numbers = np.asarray(array, dtype=np.float64).ravel()
            assert np.isfinite(numbers).all(), f'{self.tag}: {name} is not finite'
            self.record['outputs'][name] = [compact(number) for number in numbers]


class Golden:
    def __init__(self, source, made_by):
        self.source = source
        self.head = {'source': source, 'madeBy': made_by, 'sample': inputs.uniform('sample', [4]).tolist()}
        self.cases = []

    def case(self, op, name, **options):
        case = Case(self.source, op, name, options)
        self.cases.append(case)
        return case

    def write(self, path):
        """One line a case."""
        names = [case.tag for case in self.cases]
        assert len(set(names)) == len(names), 'case names must differ: their inputs come from them'
        lines = ',\n'.join(json.dumps(case.record, separators=(',', ':')) for case in self.cases)
        head = json.dumps(self.head)[1:-1]
        with open(path, 'w') as file:
            file.write(f'{{{head}, "cases": [\n{lines}\n]}}\n')


def compact(number):
    number = float(f'{number:.8g}')
    return int(number) if number == int(number) and abs(number) < 1e6 else number
