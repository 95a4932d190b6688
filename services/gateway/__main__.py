import sys

if sys.argv[1:] == ["http"]:
    from services.gateway import shared_metrics

    shared_metrics.begin()

    from services.gateway.http import serve

    serve()
elif sys.argv[1:] == ["live"]:
    from services.gateway.live.server import serve as serve_live
    from services.gateway.wiring import runtime

    serve_live(runtime())
elif sys.argv[1:] == ["seed-users"]:
    from services.gateway.accounts.seed import seed_users

    seed_users()
else:
    from libs.common.process import main

    main("gateway")
