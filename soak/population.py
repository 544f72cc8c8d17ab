"""The images of a soak: who is built from whom, and their files. The same numbers give the same images. Pure."""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

ORGANISATION = "acme"
BASE_TAG = "1.0"
TAG = "latest"
_FROM_A_MANAGED_IMAGE = 0.3
_WITH_A_BUILD_STAGE = 0.25
_DEEPEST = 4
_PARENTS_SHARE = 0.15
_IMAGES_A_SOURCE = 2
_IMAGES_A_TEAM = 50

WORKFLOW = """\
name: Build
run-name: Build ${{ inputs.image_factory_rebuild_id }}
on:
  workflow_dispatch:
    inputs:
      image_factory_rebuild_id: {description: The id of the rebuild, required: false}
      image_factory_reason: {description: The reason of the rebuild, required: false}
      image_factory_base_images: {description: The base images with the digests to build from, required: false}
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - run: echo build
"""


@dataclass(frozen=True, slots=True)
class Product:
    """A managed image.

    Attributes:
        final: the repository in the registry of the image that its last stage is built from.
        build: the same of its build stage; None where it has none.
        depth: the number of managed images below it.
    """

    number: int
    final: str
    build: str | None
    depth: int

    @property
    def name(self) -> str:
        """The name of its enrollment."""
        return f"app-{self.number:05}"

    @property
    def repository(self) -> str:
        """Its repository in the registry."""
        return f"{ORGANISATION}/{self.name}"

    @property
    def source(self) -> str:
        """OWNER/NAME of its source repository, which it shares with a neighbour."""
        return f"{ORGANISATION}/source-{self.number // _IMAGES_A_SOURCE:05}"

    @property
    def parents(self) -> tuple[str, ...]:
        """The repositories of the images that it is built from."""
        return tuple(dict.fromkeys(filter(None, (self.final, self.build))))


@dataclass(frozen=True)
class Population:
    """All images.

    Attributes:
        bases: the repositories of the base images, at Docker Hub.
        products: the managed images, parents before children.
    """

    bases: tuple[str, ...]
    products: tuple[Product, ...]
    dependents: Mapping[str, tuple[Product, ...]] = field(init=False)

    def __post_init__(self) -> None:
        found: dict[str, list[Product]] = defaultdict(list)
        for product in self.products:
            for parent in product.parents:
                found[parent].append(product)
        object.__setattr__(self, "dependents", {name: tuple(each) for name, each in found.items()})

    def affected(self, repository: str) -> set[str]:
        """The names of the managed images that a change of this image causes a rebuild of."""
        reached: set[str] = set()
        waiting = [repository]
        while waiting:
            for product in self.dependents.get(waiting.pop(), ()):
                if product.name not in reached:
                    reached.add(product.name)
                    waiting.append(product.repository)
        return reached

    def teams(self) -> Iterator[tuple[str, tuple[Product, ...]]]:
        """The name of each team with its images."""
        for first in range(0, len(self.products), _IMAGES_A_TEAM):
            yield f"team-{first // _IMAGES_A_TEAM:03}", self.products[first : first + _IMAGES_A_TEAM]


def population(images: int, bases: int, seed: int) -> Population:
    """This number of images; each is built from a base image or from an earlier image, some also from a second one."""
    dice = random.Random(seed)  # noqa: S311 - the same images for the same seed
    names = tuple(f"library/base-{number:04}" for number in range(bases))
    products: list[Product] = []
    parents = max(1, int(images * _PARENTS_SHARE))
    for number in range(images):
        shallow = [each for each in products[:parents] if each.depth < _DEEPEST]
        if shallow and dice.random() < _FROM_A_MANAGED_IMAGE:
            parent = dice.choice(shallow)
            final, depth = parent.repository, parent.depth + 1
        else:
            final, depth = dice.choice(names), 0
        build = dice.choice(names) if dice.random() < _WITH_A_BUILD_STAGE else None
        products.append(Product(number, final, build, depth))
    return Population(names, tuple(products))


def written(repository: str, registry: str) -> str:
    """An image as a Dockerfile names it."""
    if repository.startswith("library/"):
        return f"{repository.removeprefix('library/')}:{BASE_TAG}"
    return f"{registry}/{repository}:{TAG}"


def dockerfile(product: Product, registry: str) -> str:
    """Its Dockerfile."""
    final = f"FROM {written(product.final, registry)}\n"
    if product.build is None:
        return f"{final}COPY . /app\n"
    return f"FROM {written(product.build, registry)} AS build\nRUN make\n{final}COPY --from=build /app /app\n"


def source_files(products: tuple[Product, ...], registry: str) -> dict[str, str]:
    """The files of the source repository of these images."""
    files: dict[str, str] = {}
    for product in products:
        files[f"{product.name}/Dockerfile"] = dockerfile(product, registry)
        files[f".github/workflows/{product.name}.yml"] = WORKFLOW
    return files


def sources(of: Population) -> dict[str, tuple[Product, ...]]:
    """The images of each source repository."""
    found: dict[str, tuple[Product, ...]] = {}
    for product in of.products:
        found[product.source] = (*found.get(product.source, ()), product)
    return found


def config_files(of: Population, registry: str, delay: int) -> dict[str, str]:
    """The files of the config repository: a policy, and the entries of each team."""
    entries = {
        f"images.d/{team}.yaml": "".join(_entry(product, registry, delay, team) for product in products)
        for team, products in of.teams()
    }
    return {"images.yaml": "# Every team has a file in images.d.\n", "policy.yaml": _policy(registry), **entries}


def _policy(registry: str) -> str:
    return (
        f'own: ["{registry}/{ORGANISATION}/*"]\n'
        "rules:\n"
        '  - files: "images.d/*.yaml"\n'
        f'    sources: ["github:{ORGANISATION}/*"]\n'
        f'    images: ["{registry}/{ORGANISATION}/*"]\n'
        '    workflows: ["*.yml"]\n'
        "    refs: [main]\n"
        '    owners: ["group:default/*"]\n'
    )


def _entry(product: Product, registry: str, delay: int, team: str) -> str:
    return (
        f"- name: {product.name}\n"
        f"  registry: {registry}\n"
        f"  repository: {product.repository}\n"
        f"  rebuildDelay: {delay}s\n"
        f"  owner: group:default/{team}\n"
        f"  source:\n"
        f"    provider: github\n"
        f"    repo: {product.source}\n"
        f"    branch: main\n"
        f"    workflow: {product.name}.yml\n"
        f"    dockerfile: {product.name}/Dockerfile\n"
    )
