"""Let Hydra find the bodies of persons below the current folder."""

from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.plugins import Plugins
from hydra.plugins.search_path_plugin import SearchPathPlugin

from myoassist.config.schema.subjects import subjects_folder


class SubjectSearchPath(SearchPathPlugin):
    """Add models/subjects to the folders that options are looked for in, after all others."""

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        """Add the folder, if there is one."""
        folder = subjects_folder()
        if folder is not None:
            search_path.append("myoassist-subjects", folder.as_uri())


def register_search_path() -> None:
    """Make the folder known to Hydra; has to be done before anything is composed."""
    if SubjectSearchPath not in Plugins.instance().discover(SearchPathPlugin):
        Plugins.instance().register(SubjectSearchPath)
