"""The images of a soak, and their files."""

from provider.config_repo.enrollments.files import read_enrollments
from provider.config_repo.enrollments.policy import read_policy
from provider.domain.dockerfile import discover
from soak.population import config_files, dockerfile, population, source_files, sources

_REGISTRY = "127.0.0.1:5000"
_MADE = population(200, 30, seed=3)


def test_the_same_numbers_give_the_same_images() -> None:
    """A soak can be repeated: the seed decides, and another seed gives other images."""
    assert population(200, 30, seed=3).products == _MADE.products
    assert population(200, 30, seed=4).products != _MADE.products


def test_parents_come_before_their_children() -> None:
    """Some images are built from managed images, several deep, and none from a later one."""
    known = set(_MADE.bases)
    for product in _MADE.products:
        assert set(product.parents) <= known
        known.add(product.repository)

    assert max(product.depth for product in _MADE.products) >= 2


def test_a_change_reaches_the_children_of_children() -> None:
    """What a base image affects includes what its dependents affect."""
    base = next(name for name in _MADE.bases if len(_MADE.affected(name)) > len(_MADE.dependents.get(name, ())))

    for product in _MADE.dependents[base]:
        assert _MADE.affected(product.repository) <= _MADE.affected(base)


def test_the_service_reads_the_dockerfiles_as_they_are_meant() -> None:
    """What each Dockerfile is discovered to depend on are the parents of the image."""
    for product in _MADE.products:
        found = discover(dockerfile(product, _REGISTRY))

        repositories = {each.image.repository for each in found.references}
        assert repositories == set(product.parents)


def test_the_files_of_the_config_repository_are_valid() -> None:
    """Every image is enrolled, without a problem, and the policy allows what the entries need."""
    files = config_files(_MADE, _REGISTRY, delay=20)

    enrollments = read_enrollments(files, [_REGISTRY])

    assert enrollments.problems == ()
    assert len(enrollments.entries) == len(_MADE.products)
    assert read_policy(files["policy.yaml"])[1] == ()


def test_every_image_has_its_dockerfile_and_workflow_in_its_source() -> None:
    """Two images share a source repository, with files of their own."""
    found = sources(_MADE)

    assert len(found) == len(_MADE.products) / 2
    for products in found.values():
        files = source_files(products, _REGISTRY)
        for product in products:
            assert {f"{product.name}/Dockerfile", f".github/workflows/{product.name}.yml"} <= files.keys()
