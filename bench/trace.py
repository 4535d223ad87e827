import os, sys, re, collections
import dataset
import confirm as c
from odoo.api import Environment
from odoo.modules.registry import Registry
import odoo.sql_db as sql_db, traceback
size = dataset.SMALL
shop = c.prepare_shop(env, size)
c.switch_checks_on(env)
shop.env.cr.execute("UPDATE res_company SET use_order_management = true")
shop.env.cr.commit()
def run(n, show):
    e=shop.env
    e.flush_all(); e.invalidate_all()
    sp=e.cr.savepoint()
    log=[]
    orig=sql_db.Cursor.execute
    def ex(self, query, params=None, log_exceptions=True):
        st=[f for f in traceback.extract_stack() if 'order_management/' in f.filename and '/bench/' not in f.filename]
        if st:
            log.append((st[-1], ' > '.join(f"{os.path.basename(f.filename)}:{f.lineno}:{f.name}" for f in st[-4:]), str(query.code if hasattr(query,'code') else query)[:150]))
        return orig(self, query, params, log_exceptions)
    sql_db.Cursor.execute=ex
    try:
        c.confirm(shop, shop.ids[:n])
    finally:
        sql_db.Cursor.execute=orig
    sp.close(rollback=True)
    if show:
        # skip those inside core super() confirm: stack includes action_confirm joint only as last of ours
        k=0
        for f,s,q in log:
            if f.name=='action_confirm': continue
            k+=1
            print(k,s,'\n     ',re.sub(r'\s+',' ',q))
run(5,False); 
print('=== single'); run(1,True)
print('=== batch'); run(50,True)
