"""What `fzbot doctor` finds of the loops of the processes that run on this machine."""

from fzbot.commands.findings import Finding, Level
from fzbot.runtime.heartbeats import FOLDER, read_folder
from fzbot.settings import Settings

NAMES = {
    "recorder": "记录消息",
    "jobs": "定时任务",
    "job-count": "统计汇总",
    "job-forget": "按期删除",
    "job-tags": "村标签同步",
    "job-months": "按月分表",
    "notices": "发通知",
    "releases": "知识库发布",
}


def examine_loops(settings: Settings) -> list[Finding]:
    """Whether every loop turns; nothing where no process runs."""
    ages = read_folder(settings.data_dir / FOLDER)
    if not ages:
        return []
    standing = [f"{NAMES.get(age.name, age.name)} {age.seconds / 60:.0f} 分钟没有动" for age in ages if age.stands]
    if standing:
        return [Finding("后台任务", Level.BAD, "；".join(standing), "看日志里的原因；查不出就重启服务")]
    return [Finding("后台任务", Level.GOOD, f"{len(ages)} 项都在转")]
