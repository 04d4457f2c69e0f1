#!/usr/bin/env bash
# Platypus-Opt 1.4.1
#
# The hypervolume drops what is beyond the maximum of the reference set: the worst of an objective to be minimised, and
# the best of one to be maximised. A network more accurate than all of the reference has 0 where the best of the reference
# has 0.89, and less accurate ones than all have negative volumes, which are subtracted from those of others. Written as
# errors to be minimised the same networks are right: 0.89 for both, and 0.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check Platypus-Opt==1.4.1

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
from platypus import Direction, Hypervolume, Problem, Real, Solution


def networks(points, direction):
    problem = Problem(1, 2)
    problem.types[:] = Real(0, 1)
    problem.directions[:] = [direction, Direction.MINIMIZE]
    solutions = []
    for point in points:
        solution = Solution(problem)
        solution.objectives[:] = point
        solution.constraint_violation, solution.evaluated = 0.0, True
        solutions.append(solution)
    return solutions


def hypervolumes(points):
    """Of pairs of accuracy and latency, with the accuracy to be maximised and the error to be minimised."""
    reference = [(80, 5), (90, 10), (94, 50)]
    maximised = Hypervolume(reference_set=networks(reference, Direction.MAXIMIZE))
    minimised = Hypervolume(reference_set=networks([(100 - a, t) for a, t in reference], Direction.MINIMIZE))
    return (
        maximised.calculate(networks(points, Direction.MAXIMIZE)),
        minimised.calculate(networks([(100 - a, t) for a, t in points], Direction.MINIMIZE)),
    )


for points in ([(90, 10)], [(94, 10)], [(95, 10)], [(90, 10), (95, 10)], [(70, 5)], [(90, 10), (70, 5)]):
    accuracy, error = hypervolumes(points)
    print(f"{points}: {accuracy:.3f}, with errors {error:.3f}")

assert hypervolumes([(94, 10)])[0] == hypervolumes([(94, 10)])[1] > 0.88  # within the reference both are right
accuracy, error = hypervolumes([(95, 10)])
assert accuracy == 0 and error > 0.88
accuracy, error = hypervolumes([(90, 10), (95, 10)])
assert abs(accuracy - hypervolumes([(90, 10)])[1]) < 1e-9 and error > 0.88
accuracy, error = hypervolumes([(70, 5)])
assert accuracy < -0.7 and error == 0
accuracy, error = hypervolumes([(90, 10), (70, 5)])
assert accuracy < error - 0.05
PYTHON
