"""How far it is, counted in neighbourhoods."""

from node.neighbourhood.distance import MOST, steps


def test_borders_are_counted_along_the_shortest_way() -> None:
    touches = {"A": ["B"], "B": ["C", "D"], "C": ["E"], "D": ["E"], "E": ["F"], "X": ["Y"]}
    assert steps("A", touches) == {"A": 0, "B": 1, "C": 2, "D": 2, "E": 3, "F": 4}


def test_it_is_enough_that_one_of_two_says_that_they_touch() -> None:
    assert steps("B", {"A": ["B"]}) == {"B": 0, "A": 1}
    assert steps("A", {}) == {"A": 0}


def test_a_ring_and_a_long_road_end() -> None:
    road = {str(number): [str(number + 1), str(number - 1)] for number in range(1000)}
    found = steps("0", road)
    assert max(found.values()) == MOST
    assert found["-1"] == 1
