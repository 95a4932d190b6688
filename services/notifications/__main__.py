from libs.common.process import main

main("notifications")
