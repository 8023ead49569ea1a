"""Runs the prediction graph node after node, in an order that is worked out once.

Rasa hands the graph to dask, which plans it anew and schedules it for every message although the plan never changes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rasa.engine.exceptions import GraphComponentException, GraphRunError
from rasa.engine.graph import ExecutionContext, GraphNode, GraphNodeHook, GraphSchema
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.exceptions import RasaException

# name of the node, its function, (parameter, node or input it comes from) ...
Step = tuple[str, Callable[..., Any], tuple[tuple[str, str], ...]]


def order(schema: GraphSchema, targets: list[str]) -> list[str]:
    """The nodes that the targets need, each after all that it needs itself.

    Raises:
        GraphRunError: the nodes need each other in a circle.
    """
    done: list[str] = []
    state: dict[str, bool] = {}  # False: being visited, True: in `done`

    def visit(name: str) -> None:
        if name not in schema.nodes or state.get(name):  # an input of the run, or known
            return
        if state.get(name) is False:
            raise GraphRunError(f"Node '{name}' needs itself.")
        state[name] = False
        for needed in schema.nodes[name].needs.values():
            visit(needed)
        state[name] = True
        done.append(name)

    for target in targets:
        visit(target)
    return done


class PlainGraphRunner(GraphRunner):
    """A `GraphRunner` whose plans are lists: same nodes, same results as Rasa's `DaskGraphRunner`."""

    def __init__(
        self,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> None:
        self._schema = graph_schema
        self.nodes: dict[str, GraphNode] = {
            name: GraphNode.from_schema_node(name, node, model_storage, execution_context, hooks)
            for name, node in graph_schema.nodes.items()
        }
        self._plans: dict[tuple[str, ...], list[Step]] = {}

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> PlainGraphRunner:
        """Creates the runner and loads every component."""
        return cls(graph_schema, model_storage, execution_context, hooks)

    def component(self, name: str) -> Any:
        """The loaded component of a node; None for a node that is made when it runs."""
        return self.nodes[name]._component

    def needed_by(self, target: str) -> set[str]:
        """All that a node needs: nodes and inputs of the run, itself among them."""
        names = order(self._schema, [target])
        return {*names, *(source for name in names for source in self.nodes[name]._inputs.values())}

    def inputs_of(self, name: str) -> set[str]:
        """What a node needs itself; an input of the run needs nothing."""
        return set(self.nodes[name]._inputs.values()) if name in self.nodes else set()

    def _plan(self, targets: list[str]) -> list[Step]:
        plan: list[Step] = []
        for name in order(self._schema, targets):
            node = self.nodes[name]
            inputs = tuple(node._inputs.items())
            if node._eager and not node._hooks:
                # What GraphNode.__call__ does for such a node, less its checks and log lines.
                plan.append((name, getattr(node._component, node._fn_name), inputs))
            else:
                plan.append((name, _called_as_node(node), inputs))
        return plan

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """Runs what the targets need; returns their outputs by name.

        Raises:
            GraphRunError: an input is missing.
            GraphComponentException: a component failed with an error that is not Rasa's own.
        """
        wanted = targets or self._schema.target_names
        key = tuple(wanted)
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = self._plan(wanted)
        results: dict[str, Any] = dict(inputs or {})
        for name, function, parameters in plan:
            try:
                arguments = {parameter: results[source] for parameter, source in parameters}
            except KeyError as missing:
                raise GraphRunError(f"Missing input {missing} to run node '{name}'.") from missing
            try:
                results[name] = function(**arguments)
            except RasaException:
                raise
            except Exception as error:
                raise GraphComponentException(f"Error running graph component for node {name}.") from error
        return {name: results[name] for name in wanted}


def _called_as_node(node: GraphNode) -> Callable[..., Any]:
    """A node that is made when it runs, or has hooks: let Rasa's own wrapper do it."""

    def call(**arguments: Any) -> Any:
        by_source = {source: arguments[parameter] for parameter, source in node._inputs.items()}
        return node(*by_source.items())[1]

    return call
