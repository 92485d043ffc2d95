"""The table of this door: every operation, what it takes and answers, and who may. One file a subject."""

from node.api.operation import Operation
from node.api.table import answers, broker, nodes, people, policies, posts, safety, talks

TABLE: tuple[Operation, ...] = (
    *posts.OPERATIONS,
    *answers.OPERATIONS,
    *broker.OPERATIONS,
    *talks.OPERATIONS,
    *safety.OPERATIONS,
    *nodes.OPERATIONS,
    *policies.OPERATIONS,
    *people.OPERATIONS,
)
